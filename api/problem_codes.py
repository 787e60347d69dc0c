"""The codes that problem documents go by: their status, and what a person is told, in English and Swedish."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeInfo:
    """What a code means, in English and Swedish."""

    status: int
    title_en: str
    title_sv: str
    what_to_do_en: str
    what_to_do_sv: str


# fmt: off
# The first code of a status is its general one: it stands for an error that has no code of its own.
CODES: Mapping[str, CodeInfo] = {
    "bad_request": CodeInfo(400, "The request cannot be read", "Anropet kan inte läsas",
        "Check the call against the API's documentation.", "Jämför anropet med API-dokumentationen."),
    "malformed_json": CodeInfo(400, "The body is not JSON", "Innehållet är inte JSON",
        "Send one complete JSON document.", "Skicka ett helt JSON-dokument."),
    "bad_encoding": CodeInfo(400, "The body is badly encoded", "Innehållet är fel kodat",
        "Send UTF-8 without a byte order mark, plain or as one gzip stream.",
        "Skicka UTF-8 utan byteordningsmärke, okomprimerat eller som en gzip-ström."),
    "duplicate_key": CodeInfo(400, "A key stands twice", "En nyckel står två gånger",
        "Give each key of an object once.", "Ange varje nyckel i ett objekt en gång."),
    "too_deep": CodeInfo(400, "Nested too deeply", "För djupt nästlat",
        "Nest objects and lists at most 32 deep.", "Nästla objekt och listor högst 32 nivåer."),
    "bad_header": CodeInfo(400, "A header holds a control character", "Ett huvudfält har ett styrtecken",
        "Remove control characters from the headers.", "Ta bort styrtecken ur huvudfälten."),
    "bad_cursor": CodeInfo(400, "The cursor is not ours", "Markören är inte vår",
        "Start again from the first page.", "Börja om från första sidan."),
    "idempotency_key": CodeInfo(400, "The key of the call is missing or malformed", "Anropets nyckel saknas eller är fel",
        "Send 8-64 letters, digits and ._~:- in Idempotency-Key, such as a UUID; in a batch, in each item's key.",
        "Ange 8-64 bokstäver, siffror och ._~:- i Idempotency-Key, t.ex. ett UUID; i en omgång i varje posts key."),
    "bad_app_version": CodeInfo(400, "The app's version cannot be read", "Appens version kan inte läsas",
        "Send App-Version once, as one to four numbers with dots between, such as 2.10.1.",
        "Skicka App-Version en gång, som ett till fyra tal med punkter emellan, t.ex. 2.10.1."),
    "unauthenticated": CodeInfo(401, "Sign in first", "Logga in först",
        "Send a valid bearer token.", "Skicka en giltig åtkomstbiljett."),
    "forbidden": CodeInfo(403, "Not allowed", "Inte tillåtet",
        "Ask someone with the right role.", "Be någon med rätt roll."),
    "purpose_required": CodeInfo(403, "Say what it is read for", "Ange vad det läses för",
        "State it in the header Purpose, as one of:", "Ange det i huvudfältet Purpose, med någon av koderna:"),
    "not_found": CodeInfo(404, "Not found", "Finns inte",
        "Check the address and the id.", "Kontrollera adressen och id:t."),
    "method_not_allowed": CodeInfo(405, "The method does not exist here", "Metoden finns inte här",
        "Use one of the methods in the Allow header.", "Använd en av metoderna i huvudfältet Allow."),
    "slow_body": CodeInfo(408, "The body took too long", "Innehållet kom för långsamt",
        "Nothing was stored. Send it again.", "Inget sparades. Skicka igen."),
    "conflict": CodeInfo(409, "It has changed meanwhile", "Det har ändrats under tiden",
        "Read it again and decide once more.", "Läs igen och bestäm på nytt."),
    "id_conflict": CodeInfo(409, "The id has other content", "Id:t har redan annat innehåll",
        "Both versions are kept. A person must look at them.", "Båda är sparade. En person måste se på dem."),
    "in_progress": CodeInfo(409, "The same call is under way", "Samma anrop pågår",
        "Send it again after the time in Retry-After.", "Skicka igen efter tiden i Retry-After."),
    "refused": CodeInfo(409, "A rule does not allow it", "En regel tillåter det inte",
        "Change the decision so that it keeps the rule.", "Ändra beslutet så att det följer regeln."),
    "wrong_version": CodeInfo(412, "It has changed since you read it", "Det har ändrats sedan du läste det",
        "Read it again, see what changed, and decide once more.", "Läs igen, se vad som ändrats och bestäm på nytt."),
    "too_large": CodeInfo(413, "The body is too large", "Innehållet är för stort",
        "Send less at a time: halve the batch.", "Skicka mindre åt gången: halvera omgången."),
    "unsupported_media_type": CodeInfo(415, "The content type is not taken", "Innehållstypen tas inte emot",
        "Send application/json, or what the API's documentation says; compress with gzip or not at all.",
        "Skicka application/json, eller det API-dokumentationen anger; komprimera med gzip eller inte alls."),
    "invalid": CodeInfo(422, "The request is not valid", "Anropet är inte giltigt",
        "Mend the fields pointed at.", "Rätta de utpekade fälten."),
    "unknown_field": CodeInfo(422, "A field is not known", "Ett fält är okänt",
        "Remove the fields pointed at.", "Ta bort de utpekade fälten."),
    "missing_field": CodeInfo(422, "A field is missing", "Ett fält saknas",
        "Fill in the fields pointed at.", "Fyll i de utpekade fälten."),
    "wrong_type": CodeInfo(422, "A value has the wrong type", "Ett värde har fel typ",
        "Numbers are numbers, texts are texts: see the API's documentation.",
        "Tal är tal och text är text: se API-dokumentationen."),
    "out_of_range": CodeInfo(422, "A number is too small or too large", "Ett tal är för litet eller för stort",
        "Stay within the limits in the API's documentation.", "Håll talet inom API-dokumentationens gränser."),
    "too_wide": CodeInfo(422, "The question is too wide", "Frågan är för vid",
        "Ask for one client, fewer days between the positions, or a cell of one client, worker or visit; on the command "
        "line `visitledger compare` compares any number of clients.",
        "Fråga om en klient, med tätare positioner, eller om en ruta för en klient, medarbetare eller ett besök; "
        "kommandot `visitledger compare` jämför hur många klienter som helst."),
    "not_finite": CodeInfo(422, "A number is not finite", "Ett tal är inte ändligt",
        "Send a finite number, or leave the field out.", "Skicka ett ändligt tal, eller utelämna fältet."),
    "bad_text": CodeInfo(422, "A text has a character that cannot be kept", "En text har ett tecken som ej kan sparas",
        "Remove control characters and half emoji; line breaks belong in notes only.",
        "Ta bort styrtecken och halva emojier; radbrytningar hör bara hemma i anteckningar."),
    "too_long": CodeInfo(422, "A text or list is too long", "En text eller lista är för lång",
        "Shorten what is pointed at.", "Korta det utpekade."),
    "too_short": CodeInfo(422, "A text or list is too short", "En text eller lista är för kort",
        "Fill in what is pointed at.", "Fyll i det utpekade."),
    "bad_time": CodeInfo(422, "A time cannot be understood", "En tidpunkt kan inte tolkas",
        "Write times with their offset, such as 2026-03-01T08:15:00+01:00.",
        "Skriv tider med förskjutning, till exempel 2026-03-01T08:15:00+01:00."),
    "batch_size": CodeInfo(422, "The batch is empty or too large", "Omgången är tom eller för stor",
        "Send at least one item, and split a large batch.", "Skicka minst en post, och dela en stor omgång."),
    "personnummer_invalid": CodeInfo(422, "The personnummer is not valid", "Personnumret är inte giltigt",
        "Check the digits. Enter reserve and temporary numbers as another identifier.",
        "Kontrollera siffrorna. Ange reservnummer och tillfälliga nummer som annan identitetsbeteckning."),
    "upgrade_required": CodeInfo(426, "The app is too old to read", "Appen är för gammal för att läsa",
        "Sync first: what the phone holds is still taken. Then install the version that the Upgrade header names, or later.",
        "Synka först: det som telefonen har tas emot. Installera sedan versionen i huvudfältet Upgrade, eller en senare."),
    "version_required": CodeInfo(428, "Say which version you read", "Ange vilken version du läste",
        "Send the ETag you read in If-Match.", "Skicka den ETag du läste i If-Match."),
    "too_many_requests": CodeInfo(429, "Too many calls", "För många anrop",
        "Nothing was stored. Send it again after the time in Retry-After.",
        "Inget sparades. Skicka igen efter tiden i Retry-After."),
    "internal": CodeInfo(500, "Something went wrong here", "Något gick fel hos oss",
        "Try again. If it persists, report the request id.", "Försök igen. Om felet består, uppge anropets id."),
    "busy": CodeInfo(503, "Too much to do just now", "För mycket att göra just nu",
        "Try again after the time in Retry-After.", "Försök igen efter tiden i Retry-After."),
    "store_unavailable": CodeInfo(503, "It could not be stored just now", "Det kunde inte sparas just nu",
        "Send it again, under the same key.", "Skicka igen, med samma nyckel."),
    "not_ready": CodeInfo(503, "Not ready to serve", "Inte redo att betjäna",
        "Wait, or look at the parts named in errors: see docs/operating.md.",
        "Vänta, eller se över delarna som nämns i errors: se docs/operating.md."),
    "not_yet_visible": CodeInfo(503, "The write is not visible yet", "Skrivningen syns inte ännu",
        "Read again after the time in Retry-After.", "Läs igen efter tiden i Retry-After."),
}
# fmt: on
