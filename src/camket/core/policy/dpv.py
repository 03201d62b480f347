"""Terms of the W3C Data Privacy Vocabulary 2.3 that a policy may write: data, not code.

`pd:` is `https://w3id.org/dpv/pd#`, `dpv:` is `https://w3id.org/dpv#`. Every term here exists in
2.3 (25 February 2026); a term is added when a policy needs it and after it was looked up.
"""

from __future__ import annotations

from typing import Final

VOCABULARIES: Final = {"dpv": "https://w3id.org/dpv#", "pd": "https://w3id.org/dpv/pd#"}
"""What the prefixes of the terms stand for."""

PERSONAL_DATA: Final = frozenset(
    f"pd:{term}"
    for term in (
        "Authenticating",
        "AuthenticationHistory",
        "BankAccount",
        "BirthDate",
        "BloodType",
        "BrowsingBehaviour",
        "Communication",
        "DeviceBased",
        "DeviceOperatingSystem",
        "DeviceSoftware",
        "EmailAddress",
        "HealthHistory",
        "HealthRecord",
        "IPAddress",
        "Identifier",
        "Insurance",
        "Interest",
        "Language",
        "MACAddress",
        "MedicalHealth",
        "Name",
        "OfficialID",
        "PhysicalAddress",
        "Picture",
        "Preference",
        "Prescription",
        "PrivacyPreference",
        "Professional",
        "Profile",
        "Purchase",
        "Sale",
        "ServiceConsumptionBehaviour",
        "Tax",
        "TelephoneNumber",
    )
)

PURPOSES: Final = frozenset(
    f"dpv:{term}"
    for term in (
        "AccountManagement",
        "CommunicationManagement",
        "DirectMarketing",
        "EnforceSecurity",
        "FraudPreventionAndDetection",
        "IdentityVerification",
        "ImproveExistingProductsAndServices",
        "LegalCompliance",
        "RequestedServiceProvision",
        "ResearchAndDevelopment",
        "RightsFulfilment",
        "ServiceOptimisation",
        "ServiceRegistration",
        "TechnicalServiceProvision",
    )
)

RECIPIENTS: Final = frozenset(f"dpv:{term}" for term in ("Recipient", "DataProcessor", "ThirdParty"))

CONSENT_STATUS: Final = frozenset(
    f"dpv:{term}"
    for term in (
        "ConsentExpired",
        "ConsentGiven",
        "ConsentInvalidated",
        "ConsentRefused",
        "ConsentRequested",
        "ConsentWithdrawn",
        "RenewedConsentGiven",
    )
)

RECEIPT: Final = frozenset(
    f"dpv:{term}"
    for term in (
        "Consent",
        "ConsentNotice",
        "ConsentReceipt",
        "ConsentRecord",
        "DataController",
        "DataSubject",
        "DataSubjectRight",
        "ExplicitlyExpressedConsent",
        "PersonalData",
        "SensitivePersonalData",
        "StorageCondition",
        "WithdrawConsent",
        "hasAddress",
        "hasConsentControl",
        "hasConsentStatus",
        "hasContact",
        "hasDataController",
        "hasDataSubject",
        "hasDuration",
        "hasIdentifier",
        "hasJurisdiction",
        "hasLegalBasis",
        "hasLocation",
        "hasName",
        "hasNotice",
        "hasPersonalData",
        "hasPurpose",
        "hasRecipient",
        "hasRight",
        "hasStorageCondition",
        "isImplementedByEntity",
    )
)
"""What a consent receipt is written in, beside the terms that the policy itself declares."""
