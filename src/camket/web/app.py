"""The application: every route in one table, and around them headers, the boundary of errors, and the guards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Mount, Route, Router

from camket.core.notices.news import UNSUBSCRIBE_PATH
from camket.core.staff.roles import EVERY_ROLE, Role
from camket.web import ledger, mailbox, wellknown
from camket.web.api.mounting import ApiOnDemand
from camket.web.assets import DIST, Assets, BundledFiles
from camket.web.boundary import API_PREFIX, Boundary
from camket.web.customer import (
    ask,
    centre,
    certificate,
    comparison,
    consents,
    copy,
    correction,
    devices,
    erasure,
    language,
    log,
    notices,
    passkeys,
    pictures,
    policy,
    receipt,
    registration,
    removal,
    restrictions,
    sessions,
    signin,
    start,
    unsubscribe,
    verification,
)
from camket.web.desk_routes import request_desk
from camket.web.endpoints import STAFF_SIGN_IN, Looks, Routes
from camket.web.guards import HostGuard, OriginGuard
from camket.web.guests import guest_routes
from camket.web.log_lines import LogLines
from camket.web.officer import evidence, news, own, policy_preview, policy_text, shell, staff
from camket.web.officer import notices as officer_notices
from camket.web.officer import passkeys as staff_passkeys
from camket.web.officer import policy as publishing
from camket.web.officer import signin as staff_signin
from camket.web.outside_routes import outside_routes
from camket.web.rendering import Pages
from camket.web.request_routes import request_routes
from camket.web.security import SecurityHeaders
from camket.web.site import Site
from camket.web.support_routes import support_routes

if TYPE_CHECKING:
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

    from camket.bootstrap import Runtime
    from camket.client.loading import LoadedApp


def create_app(
    runtime: Runtime, apps: tuple[LoadedApp, ...] = (), *, lan_hosts: frozenset[str] | None = None
) -> ASGIApp:
    """Return the application that serves a running service.

    Args:
        runtime: from `camket.bootstrap`; its owner starts and stops it.
        apps: from `camket.client.loading`; mounted behind the same guards, boundary and headers.
        lan_hosts: every name by which a local network reaches the service; None where it has a name of its own.

    Raises:
        SettingsError: the styles and scripts are not built, or an app's prefix is camket's own.
    """
    settings = runtime.settings
    origin = settings.public_origin
    https = origin.startswith("https://")
    demonstration = settings.demonstration_mark.exists()
    site = Site(runtime=runtime, pages=Pages(Assets()), https=https, demonstration=demonstration, apps=apps)
    own: list[BaseRoute] = [
        *page_routes(site, threads=settings.threads),
        Mount(f"{API_PREFIX}v1", ApiOnDemand(site)),
        Mount("/static", BundledFiles(directory=DIST)),
    ]
    app: ASGIApp = Router([*own, *guest_routes(apps, own)], redirect_slashes=False)
    app = OriginGuard(app, https=https, without_cookies=(API_PREFIX, UNSUBSCRIBE_PATH))
    app = HostGuard(app, origin=origin, loopback=settings.loopback, others=lan_hosts or frozenset())
    app = LogLines(Boundary(app, site=site), context=site.context)
    return SecurityHeaders(app, https=https, public=lan_hosts is None)


def page_routes(site: Site, *, threads: int) -> list[Route]:
    """Return the routes of all pages; `Looks` says whom each looks at."""
    pages = Routes(site, threads=threads)
    _public(pages)
    _arrival(pages)
    _privacy_centre(pages)
    outside_routes(pages)
    support_routes(pages)
    request_routes(pages)
    _consents(pages)
    _staff(pages)
    if site.mailbox_shown:
        pages.add("/dev/mailbox", Looks.NOBODY, get=mailbox.mailbox)
    return pages.routes


def _public(pages: Routes) -> None:
    pages.add("/", Looks.NOBODY, get=start.start)
    pages.add("/policy", Looks.NOBODY, get=policy.policy_in_force)
    pages.add("/policy/versions", Looks.NOBODY, get=policy.policy_versions)
    pages.add("/policy/versions/{number}", Looks.NOBODY, get=policy.policy_version)
    pages.add("/policy/compare", Looks.NOBODY, get=comparison.compare_versions)
    pages.add("/terms", Looks.NOBODY, get=policy.terms)
    pages.add("/ledger/", Looks.NOBODY, get=ledger.ledger_page)
    pages.add("/ledger/checkpoint", Looks.NOBODY, get=ledger.checkpoint)
    pages.add("/ledger/key", Looks.NOBODY, get=ledger.key)
    pages.add("/ledger/tile/{path:path}", Looks.NOBODY, get=ledger.tile)
    pages.add("/healthz", Looks.NOBODY, get=wellknown.healthz)
    pages.add("/icon.svg", Looks.NOBODY, get=wellknown.icon)
    pages.add("/robots.txt", Looks.NOBODY, get=wellknown.robots)
    pages.add("/.well-known/security.txt", Looks.NOBODY, get=wellknown.security_txt)
    pages.add("/.well-known/gpc.json", Looks.NOBODY, get=wellknown.gpc)


def _arrival(pages: Routes) -> None:
    pages.add("/register", Looks.VISITOR, get=registration.register_form, post=registration.register)
    pages.add("/register/confirm", Looks.VISITOR, get=registration.confirm_form, post=registration.confirm)
    pages.add("/sign-in", Looks.VISITOR, get=signin.sign_in_form, post=signin.sign_in)
    pages.add("/sign-in/confirm", Looks.VISITOR, get=signin.confirm_form, post=signin.confirm)
    pages.add("/sign-in/passkey", Looks.VISITOR, post=passkeys.sign_in)
    pages.add("/sign-in/passkey/options", Looks.VISITOR, post=passkeys.sign_in_options)
    pages.add("/sign-out", Looks.VISITOR, post=signin.sign_out)
    pages.add("/certificate", Looks.NOBODY, get=certificate.certificate)
    pages.add("/certificate/status", Looks.NOBODY, get=certificate.status)
    pages.add("/certificate/file", Looks.NOBODY, get=certificate.file)
    pages.add("/certificate/forget", Looks.NOBODY, post=certificate.forget)


def _privacy_centre(pages: Routes) -> None:
    pages.add("/me", Looks.SUBJECT, get=centre.my_data)
    pages.add("/me/uses", Looks.SUBJECT, get=centre.uses)
    pages.add("/me/log", Looks.SUBJECT, get=log.log)
    pages.add("/me/copy", Looks.SUBJECT, get=copy.copy_page, post=copy.begin)
    pages.add("/me/correct/{item}", Looks.SUBJECT, get=correction.correct_form, post=correction.correct)
    pages.add("/me/values/{value}/delete", Looks.SUBJECT, get=removal.remove_form, post=removal.remove)
    pages.add("/me/values/{value}/picture", Looks.SUBJECT, get=pictures.picture)
    pages.add("/me/pictures/{item}", Looks.SUBJECT, get=pictures.pictures)
    pages.add("/me/devices/{device}/name", Looks.SUBJECT, get=devices.name_form, post=devices.name)
    pages.add("/me/devices/{device}/forget", Looks.SUBJECT, get=devices.forget_form, post=devices.forget)
    pages.add("/me/language", Looks.SUBJECT, get=language.language_form, post=language.choose)
    pages.add(restrictions.RESTRICTIONS, Looks.SUBJECT, get=restrictions.restrictions, post=restrictions.change)
    pages.add("/me/delete", Looks.SUBJECT, get=erasure.preview, post=erasure.begin)
    pages.add("/me/notices", Looks.SUBJECT, get=notices.notices)
    pages.add("/me/notices/{number}/seen", Looks.SUBJECT, post=notices.see)
    pages.add("/me/sessions", Looks.SUBJECT, get=sessions.sessions)
    pages.add("/me/sessions/{session}/revoke", Looks.SUBJECT, post=sessions.revoke)
    pages.add("/me/passkeys", Looks.SUBJECT, get=passkeys.passkeys, post=passkeys.add)
    pages.add("/me/passkeys/options", Looks.SUBJECT, post=passkeys.creation_options)
    pages.add("/me/passkeys/proof", Looks.SUBJECT, get=passkeys.proof_form, post=passkeys.prove_session)
    pages.add("/me/passkeys/proof/code", Looks.SUBJECT, post=passkeys.send_proof)
    pages.add("/me/passkeys/{passkey}/delete", Looks.SUBJECT, post=passkeys.remove)
    pages.add("/me/requests/{request}/passkey", Looks.SUBJECT, post=passkeys.prove_request)
    pages.add("/me/requests/{request}/passkey/options", Looks.SUBJECT, post=passkeys.proof_options)
    pages.add("/me/requests/{request}/verify", Looks.SUBJECT, get=verification.verify_form, post=verification.verify)
    pages.add("/me/requests/{request}/cancel", Looks.SUBJECT, post=erasure.cancel)
    pages.add("/me/requests/{request}/code", Looks.SUBJECT, post=verification.send_again)
    pages.add(
        "/me/requests/{request}/new-address",
        Looks.SUBJECT,
        get=verification.new_address_form,
        post=verification.new_address,
    )
    pages.add("/me/requests/{request}/new-address/code", Looks.SUBJECT, post=verification.send_to_new_address)
    _copies(pages)
    # Who sends the form twice is signed out by the first; the second still leads to the certificate.
    pages.add("/me/requests/{request}/accept", Looks.VISITOR, get=erasure.accept_form, post=erasure.accept)


def _copies(pages: Routes) -> None:
    pages.add("/me/requests/{request}/copy", Looks.SUBJECT, get=copy.ready, post=copy.download)
    pages.add("/me/requests/{request}/copy/status", Looks.SUBJECT, get=copy.status)
    pages.add("/me/requests/{request}/copy/make", Looks.SUBJECT, post=copy.make)
    pages.add("/me/requests/{request}/copy/delete", Looks.SUBJECT, post=copy.delete)
    pages.add("/copies/{token}", Looks.VISITOR, get=copy.link_page, post=copy.fetch)


def _consents(pages: Routes) -> None:
    pages.add("/me/consents", Looks.SUBJECT, get=consents.consents)
    pages.add("/me/consents/{consent}/withdraw", Looks.SUBJECT, post=consents.withdraw)
    pages.add("/me/consents/{consent}/receipt", Looks.SUBJECT, get=receipt.receipt)
    pages.add("/me/consents/{consent}/receipt/{file}", Looks.SUBJECT, get=receipt.receipt_file)
    pages.add("/me/changes", Looks.SUBJECT, get=consents.changes)
    pages.add("/ask", Looks.SUBJECT, post=ask.ask)
    pages.add("/ask/component.js", Looks.NOBODY, get=ask.component)
    pages.add("/ask/{question}", Looks.SUBJECT, get=ask.question, post=ask.answer)
    # RFC 8058: who unsubscribes sends a body of a type of their own; the address alone says what it is for.
    pages.add(
        f"{UNSUBSCRIBE_PATH}{{token}}",
        Looks.NOBODY,
        get=unsubscribe.unsubscribe_form,
        post=unsubscribe.unsubscribe,
        reads_form=False,
    )


def _staff(pages: Routes) -> None:
    pages.add(STAFF_SIGN_IN, Looks.STAFF_ARRIVING, get=staff_signin.sign_in_form, post=staff_signin.sign_in)
    pages.add(staff_signin.SECOND, Looks.STAFF_ARRIVING, get=staff_signin.second_form, post=staff_signin.second)
    pages.add(staff_signin.ENROL, Looks.STAFF_ARRIVING, get=staff_signin.enrol_form, post=staff_signin.enrol)
    pages.add(f"{staff_signin.ENROL}/begin", Looks.STAFF_ARRIVING, post=staff_signin.begin_enrol)
    pages.add("/officer/join/{token}", Looks.STAFF_ARRIVING, get=staff_signin.join_form, post=staff_signin.join)
    pages.add(f"{STAFF_SIGN_IN}/passkey", Looks.STAFF_ARRIVING, post=staff_passkeys.sign_in)
    pages.add(f"{STAFF_SIGN_IN}/passkey/options", Looks.STAFF_ARRIVING, post=staff_passkeys.sign_in_options)
    pages.add("/officer/sign-out", Looks.STAFF_ARRIVING, post=staff_signin.sign_out)
    pages.add_staff("/officer", EVERY_ROLE, get=shell.desk)
    request_desk(pages)
    _publishing(pages)
    _evidence(pages)
    _notices(pages)
    pages.add_staff("/officer/news", get=news.news_page, post=news.write, form_bytes=news.FORM_BYTES)
    pages.add_staff("/officer/news/{news}", get=news.piece, post=news.rewrite, form_bytes=news.FORM_BYTES)
    pages.add_staff("/officer/news/{news}/send", post=news.send)
    pages.add_staff("/officer/news/{news}/drop", post=news.drop)
    _staff_themselves(pages)
    admin = frozenset({Role.ADMIN})
    pages.add_staff(staff.STAFF, admin, get=staff.staff)
    pages.add_staff(staff.INVITATIONS, admin, post=staff.invite)
    pages.add_staff(f"{staff.INVITATIONS}/{{invitation}}/withdraw", admin, post=staff.withdraw)
    pages.add_staff(f"{staff.STAFF}/{{name}}", admin, get=staff.member, post=staff.change_roles)
    pages.add_staff(f"{staff.STAFF}/{{name}}/revoke", admin, get=staff.revoke_form, post=staff.revoke)


def _evidence(pages: Routes) -> None:
    takers = frozenset({Role.OFFICER, Role.AUDITOR})
    path = "/officer/requests/{number}/evidence"
    pages.add_staff(path, takers, get=evidence.evidence_page, post=evidence.take_evidence)


def _notices(pages: Routes) -> None:
    readers = frozenset({Role.OFFICER, Role.AUDITOR})
    pages.add_staff(officer_notices.PATH, readers, get=officer_notices.notices)
    pages.add_staff(f"{officer_notices.PATH}/{{number}}", readers, get=officer_notices.report)
    pages.add_staff(f"{officer_notices.PATH}/{{number}}/table", readers, post=officer_notices.table)
    pages.add_staff(f"{officer_notices.PATH}/{{number}}/proof", post=officer_notices.prove)


def _publishing(pages: Routes) -> None:
    pages.add_staff(publishing.PATH, get=publishing.overview)
    pages.add_staff(publishing.DRAFT, get=publishing.draft_page)
    pages.add_staff(f"{publishing.DRAFT}/begin", post=publishing.begin)
    pages.add_staff(f"{publishing.DRAFT}/preview", get=policy_preview.preview)
    pages.add_staff(f"{publishing.DRAFT}/day", post=publishing.set_day)
    pages.add_staff(f"{publishing.DRAFT}/follow", post=publishing.follow)
    pages.add_staff(f"{publishing.DRAFT}/approve", post=publishing.approve)
    pages.add_staff(f"{publishing.DRAFT}/publish", post=publishing.publish)
    pages.add_staff(f"{publishing.DRAFT}/drop", post=publishing.drop)
    pages.add_staff(
        f"{publishing.DRAFT}/files/{{file}}",
        get=policy_text.text_form,
        post=policy_text.save,
        form_bytes=policy_text.FORM_BYTES,
    )


def _staff_themselves(pages: Routes) -> None:
    pages.add_staff(own.OWN, EVERY_ROLE, get=own.own)
    pages.add_staff(f"{own.OWN}/uses", EVERY_ROLE, get=own.uses)
    pages.add_staff(f"{own.OWN}/log", EVERY_ROLE, get=own.log)
    pages.add_staff(f"{own.OWN}/correct/{{item}}", EVERY_ROLE, get=own.correct_form, post=own.correct)
    pages.add_staff(f"{own.OWN}/sessions/{{session}}/end", EVERY_ROLE, post=own.end_session)
    pages.add_staff(f"{own.OWN}/password", EVERY_ROLE, get=own.password_form, post=own.password)
    pages.add_staff(staff_passkeys.LIST, EVERY_ROLE, get=staff_passkeys.passkeys, post=staff_passkeys.add)
    pages.add_staff(f"{staff_passkeys.LIST}/options", EVERY_ROLE, post=staff_passkeys.creation_options)
    pages.add_staff(f"{staff_passkeys.LIST}/{{passkey}}/delete", EVERY_ROLE, post=staff_passkeys.remove)
    pages.add_staff(f"{own.OWN}/recovery", EVERY_ROLE, get=own.recovery_form, post=own.recovery)
