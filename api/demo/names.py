"""Names, numbers and streets of nobody. Personnummer are of the kind reserved for tests, telephone numbers for fiction."""

from datetime import date
from random import Random


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


WOMEN = _words(
    "Aina Alva Anita Astrid Barbro Berit Birgitta Britta Edith Elsa Elsie Eva Gerd Greta Gun Gunborg Gunvor",
    "Harriet Hjördis Ingegerd Ingrid Inga Karin Kerstin Lilian Maj Margareta Marianne Märta Monica Rut Signe Siv",
    "Solveig Sonja Svea Ulla Vera Viola Ylva",
)
MEN = _words(
    "Albin Alf Allan Arne Arvid Axel Bengt Bertil Birger Bo Börje Einar Elis Erland Evert Folke Georg Gunnar",
    "Gösta Hans Harry Helge Henning Hilding Holger Ivar Kjell Knut Lars Lennart Nils Olle Ragnar Rolf Rune Sixten",
    "Sten Sture Tage Åke",
)
YOUNGER = _words(
    "Adam Amina Anders Anna Behar Camilla Daniel Elin Emma Fatima Fredrik Hanna Ida Jenny Johan Jonas Josefin",
    "Karim Linda Lisa Magnus Malin Maria Mikael Nadia Niklas Peter Petra Rasmus Rebecka Sara Simon Sofia Stefan",
    "Susanne Therese Tomas Tove Viktor Yusuf",
)
SURNAMES = _words(
    "Exempelberg Exempelgren Exempellund Exempelström Provander Provdahl Provhammar Provlind Provmark Provqvist",
    "Demoberg Demodin Demofors Demogård Demohag Demoklint Demoråd Demosten Demovall Demovik Påhittsson Låtsasson",
    "Låtsman Sagander Sagberg Sagelin Sagmyr Fabelius Fabelin Fabeldal Teståker Testblom Testgran Testhed Testlöv",
    "Testrud Testsund Testvret",
)
STREETS = _words(
    "Exempelvägen Exempelstigen Provgatan Provbacken Provgränd Demovägen Demogatan Sagovägen Sagostigen",
    "Påhittsgatan Låtsasvägen Fabelgränd Testvägen Testgatan Testbacken Övningsvägen",
)
RESERVED_FROM, RESERVED_TO = 980, 999
"""Birth numbers that the Swedish Tax Agency keeps for test persons: nobody is given one."""
FICTION_FROM, FICTION_TO = 605, 699
"""070-174 06 05 to 070-174 06 99: mobile numbers that the Swedish Post and Telecom Authority keeps for fiction."""


class NumberBook:
    """Hands out personnummer, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def personnummer(self, born_on: date, *, woman: bool, chance: Random) -> str:
        """A test person's number of twelve digits; odd birth numbers are men's. A day has ten for each."""
        numbers = [number for number in range(RESERVED_FROM, RESERVED_TO + 1) if number % 2 != woman]
        chance.shuffle(numbers)
        free = (text for text in (_with_check_digit(born_on, number) for number in numbers) if text not in self._taken)
        found = next(free)
        self._taken.add(found)
        return found


def telephone(chance: Random) -> str:
    """A number that rings nowhere."""
    return f"070-1740{chance.randint(FICTION_FROM, FICTION_TO)}"


def _with_check_digit(born_on: date, number: int) -> str:
    nine = f"{born_on:%y%m%d}{number:03}"
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(nine))
    return f"{born_on:%Y%m%d}{number:03}{-total % 10}"
