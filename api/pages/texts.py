"""All words of the pages, in Swedish and English. The field's words are those of the glossary."""

from dataclasses import dataclass

from api.problems import Language


@dataclass(frozen=True, kw_only=True, slots=True)
class Texts:
    """The words in one language. `{}` stands for what a page puts in."""

    language: Language
    other: Language
    other_name: str
    skip: str
    pages: str
    description: str
    to_first_page: str
    lines: tuple[str, str, str]

    loading: str
    loading_line: str
    share: str
    counting: str
    failed_loading: str
    failed: str
    no_demo: str

    figures: str
    figures_lead: str
    by_law: dict[str, str]
    ordered: str
    planned: str
    performed: str
    compared: str
    unit: str
    unit_unknown: str
    hours: str
    chart_title: str
    chart_line: str
    table_caption: str
    rate: str
    rate_short: str
    nothing_ordered: str
    uncontrolled: str
    no_figures: str
    complete_through: str
    previous: str
    following: str
    months: str

    demo_sign_in: str
    sign_in_lead: str
    sign_in_path: str
    users: tuple[tuple[str, str], tuple[str, str], tuple[str, str]]
    worker_later: str
    try_it: str
    production: str
    sign_in: str
    sign_in_failed: str
    signed_in: str
    sign_out: str
    no_figures_for_role: str

    documentation: str
    documentation_lead: str
    documentation_page: str
    documentation_file: str

    docs_lead: str
    docs_groups: str
    parameters: str
    body: str
    answers: str
    example: str
    required: str
    optional: str
    footer: str


EN = Texts(
    language="en",
    other="sv",
    other_name="Svenska",
    skip="To the content",
    pages="Pages",
    description="A ledger of municipal home-care visits: ordered, planned and performed time.",
    to_first_page="To the first page",
    lines=(
        "Visit Ledger keeps the books of home-care visits: what was ordered, planned and performed.",
        "Care workers register at the door, also without coverage. Nothing is lost, and nothing counts twice.",
        "Each figure leads back to the registrations behind it, as they were known on any day.",
    ),
    loading="The demo month is being loaded",
    loading_line="{share} is told. The story has come to {at}.",
    share="Share of the month that is loaded",
    counting="All is stored. The figures are being added up.",
    failed_loading="The demo month was not loaded",
    failed="The demo could not be loaded. Empty the data folder and start again; the server's log says why.",
    no_demo="There is nothing in this ledger yet. Start it with `visitledger serve --demo` to see a month of home care.",
    figures="{month}: ordered, planned and performed time",
    figures_lead="Hours of the month by home-care group: the one that is responsible for the client.",
    by_law={
        "SoL": "Home care under the Social Services Act (SoL)",
        "HSL": "Health care at home under the Health and Medical Services Act (HSL)",
        "LSS": "Support under the Act on Support and Service (LSS)",
        "none": "Without a decision",
    },
    ordered="Ordered",
    planned="Planned",
    performed="Performed",
    compared="Share",
    unit="Group",
    unit_unknown="No group known",
    hours="h",
    chart_title="Ordered, planned and performed time by group, {month}",
    chart_line="{unit}: ordered {ordered}, planned {planned}, performed {performed} hours. {rate}.",
    table_caption="The same figures, in hours",
    rate="Performed is {rate} of ordered",
    rate_short="{rate} of ordered",
    nothing_ordered="Nothing ordered in minutes",
    uncontrolled="The performed time holds {hours} hours that no order counts in minutes; they are not compared.",
    no_figures="Nothing is ordered, planned or performed in this month.",
    complete_through="Complete through position {position} of the log.",
    previous="Earlier: {month}",
    following="Later: {month}",
    months="Other months",
    demo_sign_in="Sign in to the demo",
    sign_in_lead="Three people, each with a token of twelve hours. Run a line in a terminal and send what it prints as a "
    "bearer token.",
    sign_in_path="After `make run` the command is `.venv/bin/visitledger`. "
    "A server that was started with `--data` needs the same option here.",
    users=(
        ("Care worker", "registers visits from a phone and sees their own day."),
        ("Auditor", "follows who did what, when it happened, and when the ledger learned of it."),
        ("Reporting job", "fetches the month's figures, but neither the log nor who somebody is."),
    ),
    worker_later="(shown when the demo is loaded)",
    try_it="Then, for example, the figures of this page:",
    sign_in="Sign in",
    production="Sign in through your organisation to see figures.",
    sign_in_failed="You could not be signed in. Try again; if it goes on, ask whoever runs your organisation's sign-in.",
    signed_in="Signed in",
    sign_out="Sign out",
    no_figures_for_role="This page shows figures of the whole municipality, small groups too, which your role does not see.",
    documentation="For developers",
    documentation_lead="Everything here is to be had over HTTP, with the same figures.",
    documentation_page="The API, call by call",
    documentation_file="The OpenAPI document",
    docs_lead="Every call, what it takes, and how it can be answered. The same as a file: ",
    docs_groups="Groups of calls",
    parameters="Parameters",
    body="Body",
    answers="Answers",
    example="Example",
    required="required",
    optional="optional",
    footer="The people of the demo are made up.",
)

SV = Texts(
    language="sv",
    other="en",
    other_name="English",
    skip="Till innehållet",
    pages="Sidor",
    description="Bokföring av kommunens hemtjänstbesök: beställd, planerad och utförd tid.",
    to_first_page="Till första sidan",
    lines=(
        "Visit Ledger för bok över hemtjänstens besök: vad som är beställt, planerat och utfört.",
        "Omsorgspersonalen registrerar vid dörren, även utan täckning. Inget försvinner, och inget räknas två gånger.",
        "Varje siffra kan följas till registreringarna bakom den, så som de var kända vilken dag som helst.",
    ),
    loading="Demomånaden läses in",
    loading_line="{share} är berättat. Berättelsen har kommit till {at}.",
    share="Hur stor del av månaden som är inläst",
    counting="Allt är sparat. Siffrorna räknas samman.",
    failed_loading="Demomånaden blev inte inläst",
    failed="Demon kunde inte läsas in. Töm datamappen och börja om; serverns logg säger varför.",
    no_demo="Här finns inget ännu. Starta med `visitledger serve --demo` för att se en månad i hemtjänsten.",
    figures="Beställd, planerad och utförd tid i {month}",
    figures_lead="Månadens timmar per hemtjänstgrupp: den som ansvarar för brukaren.",
    by_law={
        "SoL": "Hemtjänst enligt socialtjänstlagen (SoL)",
        "HSL": "Hemsjukvård enligt hälso- och sjukvårdslagen (HSL)",
        "LSS": "Stöd enligt lagen om stöd och service (LSS)",
        "none": "Utan beslut",
    },
    ordered="Beställd",
    planned="Planerad",
    performed="Utförd",
    compared="Andel",
    unit="Grupp",
    unit_unknown="Okänd grupp",
    hours="tim",
    chart_title="Beställd, planerad och utförd tid per hemtjänstgrupp, {month}",
    chart_line="{unit}: beställd {ordered}, planerad {planned}, utförd {performed} timmar. {rate}.",
    table_caption="Samma siffror, i timmar",
    rate="Utförd tid är {rate} av beställd tid",
    rate_short="{rate} av beställd",
    nothing_ordered="Inget beställt i minuter",
    uncontrolled="I den utförda tiden ingår {hours} timmar som ingen beställning anger i minuter; de jämförs inte.",
    no_figures="Inget är beställt, planerat eller utfört den här månaden.",
    complete_through="Fullständigt till och med position {position} i loggen.",
    previous="Tidigare: {month}",
    following="Senare: {month}",
    months="Andra månader",
    demo_sign_in="Logga in i demon",
    sign_in_lead="Tre användare, var och en med en åtkomstbiljett för tolv timmar. Kör en rad i ett terminalfönster och "
    "skicka det som skrivs ut som bearer-token.",
    sign_in_path="Efter `make run` heter kommandot `.venv/bin/visitledger`. "
    "En server som startats med `--data` behöver samma tillägg här.",
    users=(
        ("Omsorgspersonal", "registrerar besök från telefonen och ser sin egen dag."),
        ("Granskare", "följer vem som gjorde vad, när det hände och när det blev känt."),
        ("Rapportkörning", "hämtar månadens siffror, men varken loggen eller vem någon är."),
    ),
    worker_later="(visas när demon är inläst)",
    try_it="Sedan, till exempel, siffrorna på den här sidan:",
    sign_in="Logga in",
    production="Logga in genom din organisation för att se siffror.",
    sign_in_failed="Inloggningen lyckades inte. Försök igen; fråga annars den som sköter din organisations inloggning.",
    signed_in="Inloggad",
    sign_out="Logga ut",
    no_figures_for_role="Sidans siffror gäller hela kommunen, även små grupper, och dem ser inte din roll.",
    documentation="För utvecklare",
    documentation_lead="Allt här kan hämtas över HTTP, med samma siffror.",
    documentation_page="API:et, anrop för anrop",
    documentation_file="OpenAPI-dokumentet",
    docs_lead="Varje anrop, vad det tar emot och hur det kan besvaras. Samma sak som fil: ",
    docs_groups="Grupper av anrop",
    parameters="Parametrar",
    body="Innehåll",
    answers="Svar",
    example="Exempel",
    required="krävs",
    optional="valfri",
    footer="Personerna i demon är påhittade.",
)

TEXTS: dict[Language, Texts] = {"sv": SV, "en": EN}
