"""What each kind of event is told as: English, Swedish; `{field}` stands for a field of the event."""

from collections.abc import Mapping

Sentence = tuple[str, str]

SENTENCES: Mapping[str, Sentence] = {
    "visit.planned": (
        "Planned {scheduled_start_at}-{scheduled_end_at}: {services}",
        "Planerat {scheduled_start_at}-{scheduled_end_at}: {services}",
    ),
    "visit.rescheduled": (
        "Moved to {scheduled_start_at}-{scheduled_end_at}",
        "Flyttat till {scheduled_start_at}-{scheduled_end_at}",
    ),
    "visit.cancelled": (
        "Cancelled by the {cancelled_by}; notice given {notice_given_at}",
        "Avbokat av {cancelled_by}; besked {notice_given_at}",
    ),
    "visit.worker_assigned": ("Assigned to worker {worker_id}", "Tilldelat medarbetare {worker_id}"),
    "visit.worker_unassigned": ("Taken from worker {worker_id}", "Borttaget från medarbetare {worker_id}"),
    "visit.checked_in": (
        "Worker {worker_id} arrived {occurred_at} ({source}, {place})",
        "Medarbetare {worker_id} kom {occurred_at} ({source}, {place})",
    ),
    "visit.checked_out": (
        "Worker {worker_id} left {occurred_at} ({source}, {place})",
        "Medarbetare {worker_id} gick {occurred_at} ({source}, {place})",
    ),
    "visit.service_performed": ("Performed {service_code}", "Utförde {service_code}"),
    "visit.service_declined": ("The client declined {service_code}", "Klienten avböjde {service_code}"),
    "visit.not_performed": ("Not performed: {reason}", "Inte utfört: {reason}"),
    "visit.note_added": ("Note: {text}", "Anteckning: {text}"),
    "visit.attendance_corrected": (
        "Attendance corrected from {was} to {becomes}, because {reason_codes}. {note}",
        "Närvaro rättad från {was} till {becomes}, därför att {reason_codes}. {note}",
    ),
    "visit.services_corrected": (
        "Service corrected from {was} to {becomes}, because {reason_codes}. {note}",
        "Insats rättad från {was} till {becomes}, därför att {reason_codes}. {note}",
    ),
    "visit.approved": (
        "Approved by {role}: {minutes} minutes, as known at position {position}",
        "Godkänt av {role}: {minutes} minuter, så som känt vid position {position}",
    ),
    "visit.approval_withdrawn": (
        "Approval by {role} withdrawn, because {reason_codes}",
        "Godkännande av {role} återtaget, därför att {reason_codes}",
    ),
    "visit.excess_approved": (
        "Excess time approved for client {client_id}: {minutes} minutes. {reason}",
        "Överskriden tid godkänd för klient {client_id}: {minutes} minuter. {reason}",
    ),
    "visit.extra_visit_approved": (
        "Time outside the order approved for client {client_id}: {minutes} minutes. {reason}",
        "Tid utanför beställningen godkänd för klient {client_id}: {minutes} minuter. {reason}",
    ),
    "order.placed": (
        "Ordered from {starts_on} under {legal_basis}, minute control {minute_control}: {lines}",
        "Beställt från {starts_on} enligt {legal_basis}, minutstyrning {minute_control}: {lines}",
    ),
    "order.changed": (
        "Order changed from {effective_from}: {lines}",
        "Beställningen ändrad från {effective_from}: {lines}",
    ),
    "order.suspended": ("Paused from {from_on}: {reason}", "Pausad från {from_on}: {reason}"),
    "order.resumed": ("Resumed {on}", "Återupptagen {on}"),
    "order.moved": (
        "Moved to provider {provider_id} from {from_on}",
        "Flyttad till utförare {provider_id} från {from_on}",
    ),
    "order.ended": ("Ended {on}: {reason}", "Avslutad {on}: {reason}"),
    "order.need_change_reported": (
        "The provider reports since {noticed_on} that the need has {direction}. {note}",
        "Utföraren meddelar att behovet sedan {noticed_on} är {direction}. {note}",
    ),
    "client.registered": (
        "Client registered {registered_on}, unit {unit_id}. {name}",
        "Brukare registrerad {registered_on}, enhet {unit_id}. {name}",
    ),
    "client.details_changed": ("Details changed. {name}", "Uppgifter ändrade. {name}"),
    "client.unit_changed": ("Unit {unit_id} from {from_on}", "Enhet {unit_id} från {from_on}"),
    "client.household_joined": (
        "Lives in household {household_id} from {from_on}",
        "Bor i hushåll {household_id} från {from_on}",
    ),
    "client.household_left": ("Left household {household_id} {on}", "Lämnade hushåll {household_id} {on}"),
    "client.care_contact_designated": (
        "Designated care contact: worker {worker_id} from {from_on}",
        "Fast omsorgskontakt: medarbetare {worker_id} från {from_on}",
    ),
    "client.absent": ("Away ({kind}) from {from_at} until {until_at}", "Borta ({kind}) från {from_at} till {until_at}"),
    "client.returned": ("Back {at}", "Tillbaka {at}"),
    "client.tag_assigned": ("Tag {tag_id} from {from_on}", "Tagg {tag_id} från {from_on}"),
    "client.tag_retired": ("Tag {tag_id} retired {on}", "Tagg {tag_id} ur bruk {on}"),
    "client.protected_identity_marked": ("Protected identity: {level}", "Skyddade personuppgifter: {level}"),
    "client.staff_named": ("May see the client: {subjects}", "Får se klienten: {subjects}"),
    "client.staff_removed": ("May no longer see the client: {subjects}", "Får inte längre se klienten: {subjects}"),
    "worker.registered": (
        "Worker registered {registered_on}. {name}",
        "Medarbetare registrerad {registered_on}. {name}",
    ),
    "worker.unit_joined": ("Joined unit {unit_id} {on}", "Började i enhet {unit_id} {on}"),
    "worker.unit_left": ("Left unit {unit_id} {on}", "Slutade i enhet {unit_id} {on}"),
    "worker.lent_to_unit": (
        "Lent to unit {unit_id} {from_on} to {until_on}",
        "Utlånad till enhet {unit_id} {from_on} till {until_on}",
    ),
    "worker.absent": ("Away ({kind}) from {from_at} until {until_at}", "Borta ({kind}) från {from_at} till {until_at}"),
    "worker.returned": ("Back {at}", "Tillbaka {at}"),
    "worker.shift_scheduled": (
        "Shift {scheduled_start_at}-{scheduled_end_at}",
        "Arbetspass {scheduled_start_at}-{scheduled_end_at}",
    ),
    "worker.shift_changed": (
        "Shift moved to {scheduled_start_at}-{scheduled_end_at}",
        "Arbetspass flyttat till {scheduled_start_at}-{scheduled_end_at}",
    ),
    "worker.shift_started": ("Began the shift {occurred_at}", "Började passet {occurred_at}"),
    "worker.shift_ended": (
        "Ended the shift {occurred_at}, everything through number {closed_through_seq} sent",
        "Slutade passet {occurred_at}, allt till och med nummer {closed_through_seq} sänt",
    ),
    "worker.indirect_time_recorded": ("{minutes} minutes of {kind}", "{minutes} minuter {kind}"),
    "worker.health_task_delegated": (
        "Delegated {service_code} from {from_on} until {until_on} by {delegated_by}",
        "Delegering av {service_code} från {from_on} till {until_on} av {delegated_by}",
    ),
    "worker.delegation_revoked": (
        "Delegation of {service_code} revoked {on}",
        "Delegering av {service_code} återkallad {on}",
    ),
    "worker.licensed_title_recorded": ("Licensed as {title} from {from_on}", "Legitimerad {title} från {from_on}"),
    "device.registered": ("Device registered for unit {unit_id}", "Telefon registrerad för enhet {unit_id}"),
    "device.revoked": ("Device revoked: {reason}", "Telefon spärrad: {reason}"),
    "device.heard_from": (
        "Heard from, {queue_depth} facts still waiting",
        "Hörde av sig, {queue_depth} uppgifter väntar",
    ),
    "device.fact_quarantined": (
        "Something that is no fact was kept: {reason}",
        "Något som inte kan tas in sparades: {reason}",
    ),
    "organisation.provider_registered": ("Provider {name}", "Utförare {name}"),
    "organisation.unit_opened": ("Unit {name} ({kind})", "Enhet {name} ({kind})"),
    "organisation.service_code_defined": (
        "Service code {service_code}: {name_en}, from {from_on}",
        "Insatskod {service_code}: {name_sv}, från {from_on}",
    ),
    "organisation.service_code_changed": (
        "Service code {service_code} changed: {name_en}, from {from_on}",
        "Insatskod {service_code} ändrad: {name_sv}, från {from_on}",
    ),
    "organisation.rulebook_adopted": ("Rulebook adopted: {rulebook}", "Regelverk antaget: {rulebook}"),
    "period.closed": (
        "{month} closed at position {position} by {rulebook_versions}, calculation {calculation_version}; "
        "statement {digest}. {early_because}",
        "{month} stängd vid position {position} enligt {rulebook_versions}, beräkning {calculation_version}; "
        "underlag {digest}. {early_because}",
    ),
    "period.reopening_requested": (
        "Reopening asked for: {reason}. {note}",
        "Öppning begärd: {reason}. {note}",
    ),
    "period.reopened": (
        "Reopened: {reason}, asked for by {requested_by}; statement {digest} no longer stands",
        "Öppnad igen: {reason}, på begäran av {requested_by}; underlag {digest} gäller inte längre",
    ),
    "period.adjustment_booked": (
        "Adjustment of {adjusted_month}: {minutes} minutes, {amount_ore} öre in {lines} lines; late and not paid "
        "{late_minutes} minutes in {late_lines}",
        "Justering av {adjusted_month}: {minutes} minuter, {amount_ore} öre på {lines} rader; sent och inte ersatt "
        "{late_minutes} minuter på {late_lines}",
    ),
    "exception.acknowledged": (
        "{code} accepted, because {reason_codes}. {note}",
        "{code} godtagen, därför att {reason_codes}. {note}",
    ),
    "supervision.held": (
        "Supervision held {on} in unit {unit_id} by {supervisor_id}, {minutes} minutes: {worker_ids}",
        "Handledning {on} i enhet {unit_id} av {supervisor_id}, {minutes} minuter: {worker_ids}",
    ),
    "supervision.cancelled": (
        "Supervision {on} in unit {unit_id} cancelled: {reason}",
        "Handledning {on} i enhet {unit_id} inställd: {reason}",
    ),
    "supervision.team_meeting_planned": (
        "Team meeting {on} in unit {unit_id}",
        "Arbetslagsmöte {on} i enhet {unit_id}",
    ),
    "supervision.withdrawn": ("Withdrawn, because {reason_codes}", "Återtaget, därför att {reason_codes}"),
    "admission.withdrawn": ("{subject} shut out: {reason}", "{subject} utestängd: {reason}"),
    "admission.restored": ("{subject} let in again", "{subject} insläppt igen"),
    "person.hold_placed": ("Held from erasure: {reason}", "Spärrad mot radering: {reason}"),
    "person.hold_lifted": ("Hold {hold_id} lifted", "Spärren {hold_id} hävd"),
    "person.erasure_requested": ("Erasure asked for: {reason}. {archived}", "Radering begärd: {reason}. {archived}"),
    "person.erasure_request_withdrawn": (
        "The request for an erasure no longer stands",
        "Begäran om radering gäller inte längre",
    ),
    "person.keys_destroyed": (
        "Erased: {reason}; approved by {approved_by}",
        "Raderad: {reason}; godkänt av {approved_by}",
    ),
    "person.erasure_completed": ("The erasure has ended: {followed}", "Raderingen är avslutad: {followed}"),
    "person.keys_rotated": ("New values are sealed under new keys", "Nya uppgifter förseglas med nya nycklar"),
}
