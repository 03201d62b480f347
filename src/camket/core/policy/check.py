"""Everything that is wrong with a policy, at once: files, shape, contradictions, prose and terms of service."""

from __future__ import annotations

from camket.core.errors import Finding, InvalidValueError, PolicyError, nearest
from camket.core.policy.bindings import prose_findings
from camket.core.policy.contradictions import find_contradictions
from camket.core.policy.declarations import Declarations, read_declarations
from camket.core.policy.fields import Report
from camket.core.policy.model import Policy
from camket.core.policy.parse import parse_yaml
from camket.core.policy.service_terms import terms_findings
from camket.core.policy.source import DECLARATIONS, MAX_FILES, PolicyFiles, decode, known_files, prose_file, terms_file
from camket.core.terms import Language


def check(files: PolicyFiles) -> tuple[Finding, ...]:
    """Return every finding, by file and line; empty when the policy can be published."""
    return examine(files)[1]


def examine(files: PolicyFiles) -> tuple[Policy | None, tuple[Finding, ...]]:
    """Return the policy and every finding; the policy is None unless there is no finding."""
    findings: list[Finding] = []
    texts = _decode_all(files, findings)
    if DECLARATIONS not in texts:
        if DECLARATIONS not in files:
            findings.append(Finding(file=DECLARATIONS, line=1, message="the file is missing"))
        return None, tuple(sorted(findings))
    root, parse_findings = parse_yaml(DECLARATIONS, texts[DECLARATIONS])
    findings.extend(parse_findings)
    if root is None:
        return None, tuple(sorted(findings))
    report = Report(file=DECLARATIONS)
    declared = read_declarations(root, report)
    find_contradictions(declared)
    findings.extend(report.findings)
    findings.extend(_missing_texts(files, declared))
    languages = report.languages
    prose = {language: texts[prose_file(language)] for language in languages if prose_file(language) in texts}
    terms = {language: texts[terms_file(language)] for language in languages if terms_file(language) in texts}
    findings.extend(prose_findings(declared, prose))
    findings.extend(terms_findings(declared, terms))
    if findings:
        return None, tuple(sorted(set(findings)))
    try:
        return _policy(declared, prose, terms), ()
    except InvalidValueError as error:
        return None, (Finding(file=DECLARATIONS, line=1, message=str(error)),)


def _decode_all(files: PolicyFiles, findings: list[Finding]) -> dict[str, str]:
    texts: dict[str, str] = {}
    if len(files) > MAX_FILES:
        message = f"the folder has more than {MAX_FILES} files; a policy is fewer"
        findings.append(Finding(file=DECLARATIONS, line=1, message=message))
        return texts
    for name in sorted(files):
        if name not in known_files():
            message = f"`{name}` is not a file of a policy{nearest(name, known_files())}"
            findings.append(Finding(file=name, line=1, message=message))
            continue
        try:
            texts[name] = decode(name, files[name])
        except PolicyError as error:
            findings.extend(error.findings)
    return texts


def _missing_texts(files: PolicyFiles, declared: Declarations) -> list[Finding]:
    findings: list[Finding] = []
    languages = declared.report.languages
    for language in Language:
        for name in (prose_file(language), terms_file(language)):
            if language in languages and name not in files:
                findings.append(
                    Finding(file=name, line=1, message=f"the file is missing; language `{language}` needs it")
                )
            elif language not in languages and name in files:
                findings.append(Finding(file=name, line=1, message=f"language `{language}` is not in `languages`"))
    return findings


def _policy(declared: Declarations, prose: dict[Language, str], terms: dict[Language, str]) -> Policy:
    return Policy(
        id=declared.id,
        title=declared.title,
        languages=declared.report.languages,
        law_profile=declared.law_profile,
        controller=declared.controller,
        relay=declared.relay,
        services=tuple(declared.services),
        categories=declared.categories,
        items=tuple(declared.items),
        purposes=tuple(declared.purposes),
        recipients=tuple(declared.recipients),
        grounds=tuple(declared.grounds),
        rights=tuple(declared.rights),
        notices=tuple(declared.notices),
        quiet_days=declared.quiet_days,
        cooling_off_days=declared.cooling_off_days,
        unconfirmed_hours=declared.unconfirmed_hours,
        record_days=declared.record_days,
        approvals=declared.approvals,
        prose=prose,
        terms=terms,
        registration_service=declared.registration_service,
    )
