//! Makes watchlists and stories that look like real ones, the same in every run.

#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ranks and sizes are small and positive")]

use presswatch::config::{Person, QueryText, Variants, Watchlist, Watchlists};
use presswatch::model::{Language, SourceId, WatchlistId};
use presswatch::watch::Document;

/// Words that lists about the press share, by language; every rule has some of them.
const HEADS: [(&str, &str); 4] = [
    (
        "en",
        "police court journalist reporter arrest detention trial prison charges government minister protest opposition election party activist lawyer editor \
        newspaper blogger attack raid search threat ban law censorship president rally verdict",
    ),
    (
        "ru",
        "полиция суд журналист репортер арест задержание процесс тюрьма обвинение правительство министр протест оппозиция выборы партия активист адвокат \
        редактор газета блогер нападение обыск угроза запрет закон цензура президент митинг приговор штраф",
    ),
    (
        "es",
        "policía tribunal periodista reportero arresto detención juicio prisión cargos gobierno ministro protesta oposición elección partido activista \
        abogado editor periódico bloguero ataque allanamiento amenaza prohibición ley censura presidente marcha condena multa",
    ),
    (
        "tr",
        "polis mahkeme gazeteci muhabir tutuklama gözaltı dava hapishane suçlama hükümet bakan protesto muhalefet seçim parti aktivist avukat editör gazete \
        blogcu saldırı baskın tehdit yasak yasa sansür başkan miting karar ceza",
    ),
];
const SYLLABLES: [(&str, &str, &str); 4] = [
    (
        "en",
        "ba con der fi gra hol im jen ker lan mor nex por qui ras ston tur ver wil yor sha tri ble cor dal",
        "tion ment er ing ity ness al ism ist y",
    ),
    (
        "ru",
        "ба ком де фи гра хол им жен кер лан мор нек пор кви рас стан тур вер вил йор ша три бле кор дал",
        "ство ция ник тель ость ка ение ов ин а",
    ),
    (
        "es",
        "ba con der fi gra hol im jen quer lan mor nex por qui ras tan tur ver vil yor cha tri ble cor dal",
        "ción miento dor idad ez al ismo ista o a",
    ),
    ("tr", "ba kon der fi gra hol im cen ker lan mor nek por ki ras tan tur ver vil yor şa tri ble kor dal", "lık ci ma sel daş e a i ün ler"),
];
const SMALL: [(&str, &str); 4] = [
    ("en", "the of and to in a is that for it on was with as he be by at his from are this have or an had not but which"),
    ("ru", "и в не на что с он по это к но как из у за от так о для же все его она было бы до мы вы"),
    ("es", "de la que el en y a los se del las un por con no una su para es al lo como más pero sus le ya o"),
    ("tr", "ve bir bu da de için ile çok daha gibi olan olarak kadar sonra ama ne en o her ise ya mi var diye"),
];
/// Ordinary words of a language, and names of people and bodies.
const WORDS: usize = 8_000;
const NAMES: usize = 40_000;
const GIVEN: [&str; 12] = ["Олег", "Марина", "Ержан", "Айгерим", "Pavel", "Lucía", "Mehmet", "Ayşe", "Tomasz", "Giulia", "Артём", "Дарина"];

/// A linear congruential generator (Knuth's MMIX constants) with what it makes words from.
pub struct Generator {
    state: u64,
    /// By language: rare words, the commonest first.
    words: Vec<Vec<String>>,
    names: Vec<Vec<String>>,
    lists: usize,
}

/// A story.
pub struct Text {
    pub title: String,
    pub body: String,
    language: Language,
    source: SourceId,
}

impl Text {
    pub fn document(&self) -> Document<'_> {
        Document {
            title: &self.title,
            text: &self.body,
            url: "https://news.example/2026/01/story",
            source: "paper The Paper",
            authors: &[],
            tags: &[],
            language: &self.language,
            countries_about: Vec::new(),
            topics: Vec::new(),
            source_id: &self.source,
        }
    }
}

/// How many terms a query has.
pub fn terms(query: &str) -> usize {
    let (mut count, mut inside) = (0, false);
    for piece in query.split_whitespace() {
        let operator = matches!(piece, "AND" | "OR" | "NOT" | "(" | ")" | "title:(") || piece.starts_with("NEAR/");
        count += usize::from(!operator && !inside);
        if piece.matches('"').count() == 1 {
            inside = !inside;
        }
    }
    count
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn nth(words: &str, at: usize) -> &str {
    let all: Vec<&str> = words.split_whitespace().collect();
    all[at % all.len()]
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        let mut generator = Self { state: seed, words: Vec::new(), names: Vec::new(), lists: 0 };
        for (_, syllables, endings) in SYLLABLES {
            let word = |generator: &mut Self, longest: usize| {
                let count = 2 + generator.below(longest);
                let mut word: String = (0..count).map(|_| nth(syllables, generator.below(25))).collect();
                word.push_str(nth(endings, generator.below(10)));
                word
            };
            let words = (0..WORDS).map(|_| word(&mut generator, 2)).collect();
            let names = (0..NAMES).map(|_| capitalized(&word(&mut generator, 4))).collect();
            generator.words.push(words);
            generator.names.push(names);
        }
        generator
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.state >> 33).unwrap_or(0) % limit.max(1)
    }

    fn unit(&mut self) -> f64 {
        self.below(1 << 30) as f64 / f64::from(1 << 30)
    }

    /// A rank by Zipf's law.
    fn rank(&mut self, of: usize) -> usize {
        let rank = (of as f64).powf(self.unit()) - 1.0;
        (rank as usize).min(of - 1)
    }

    fn head(&mut self, language: usize) -> &'static str {
        let rank = self.rank(30);
        nth(HEADS[language].1, rank)
    }

    /// Any word of the language, rare ones as well as common ones.
    fn word(&mut self, language: usize) -> String {
        let at = self.below(WORDS);
        self.words[language][at].clone()
    }

    fn name(&mut self, language: usize) -> String {
        let at = self.below(NAMES);
        self.names[language][at].clone()
    }

    /// Whom or what a rule is about: mostly a name of two words; one in five is a surname beside a head word, an outlet or a place of one word.
    fn subject(&mut self, language: usize) -> String {
        match self.below(20) {
            0 | 1 => format!("\"{} {}\"", self.head(language), self.name(language)),
            2 => format!("\"{} {}\"", self.word(language), self.word(language)),
            3 => format!("={}", self.name(language)),
            4 => format!("{}*", self.name(language)),
            _ => format!("\"{} {}\"", self.name(language), self.name(language)),
        }
    }

    fn any(&mut self, of: usize, make: impl Fn(&mut Self) -> String) -> String {
        let parts: Vec<String> = (0..of).map(|_| make(self)).collect();
        format!("( {} )", parts.join(" OR "))
    }

    /// A query of 3 to 40 terms; most have about ten.
    fn query(&mut self, language: usize) -> String {
        let total = 3 + (38.0 * self.unit().powf(2.2)) as usize;
        let heads = 1 + self.below((total / 3).clamp(1, 5));
        let excluded = if total > 6 { self.below(3) } else { 0 };
        let rest = total - heads - excluded;
        let head = self.any(heads, |generator| generator.head(language).to_owned());
        let joined = if rest >= 2 && self.below(10) == 0 {
            // One rule in ten says what happens, in ordinary words of two or three sorts; the others name somebody, an outlet or a place.
            let sizes = [rest.div_ceil(3), rest.div_ceil(3).min(rest - rest.div_ceil(3)), rest - 2 * rest.div_ceil(3).min(rest / 2)];
            let sorts: Vec<String> =
                sizes.into_iter().filter(|size| *size > 0).map(|size| self.any(size, |generator| generator.word(language))).collect();
            if self.below(2) == 0 {
                format!("{} AND {head}", sorts.join(&format!(" NEAR/{} ", 2 + self.below(8))))
            } else {
                format!("{} AND {head}", sorts.join(" AND "))
            }
        } else {
            let subject = self.any(rest, |generator| generator.subject(language));
            match self.below(6) {
                0 => format!("{subject} NEAR/{} {head}", 2 + self.below(12)),
                1 => format!("title:{subject} AND {head}"),
                _ => format!("{subject} AND {head}"),
            }
        };
        if excluded > 0 { format!("{joined} NOT {}", self.any(excluded, |generator| generator.word(language))) } else { joined }
    }

    pub fn lists(&mut self, count: usize) -> Watchlists {
        let lists = (0..count)
            .map(|_| {
                let language = self.below(4);
                let query = self.query(language);
                let named = self.below(4) > 0;
                self.list(&query, if named { vec![SYLLABLES[language].0] } else { Vec::new() })
            })
            .collect();
        Watchlists { terms: Vec::new(), lists }
    }

    /// One list of so many persons.
    pub fn persons(&mut self, count: usize) -> Watchlists {
        let mut list = self.list("$persons", Vec::new());
        list.persons = (0..count)
            .map(|number| {
                let given = GIVEN[self.below(GIVEN.len())];
                let language = usize::from(given.chars().any(|c| c > '\u{400}'));
                let mut surname: String = (0..2).map(|_| nth(SYLLABLES[language].1, self.below(25))).collect();
                surname.push_str(if language == 1 {
                    nth("ов ин ский енко ев баев", self.below(6))
                } else {
                    nth("er ini oglu ski ez ard", self.below(6))
                });
                let surname = capitalized(&surname);
                let person = Person::new(&format!("p-{number}"), vec![format!("{given} {surname}")]);
                Person { variants: Variants { initials: true, ..Variants::default() }, ..person }
            })
            .collect();
        Watchlists { terms: Vec::new(), lists: vec![list] }
    }

    fn list(&mut self, query: &str, languages: Vec<&str>) -> Watchlist {
        self.lists += 1;
        let id = format!("list-{}", self.lists);
        let query = QueryText { text: query.to_owned(), file: "lists.toml".into(), line: 1, column: 1 };
        let list = Watchlist::new(WatchlistId::new(&id).expect("the id is well formed"), query);
        Watchlist { languages: languages.into_iter().filter_map(Language::parse).collect(), ..list }
    }

    /// A story of so many bytes: of sixty words about 24 are small ones, 4 are head words, 4 are names.
    pub fn story(&mut self, bytes: usize) -> Text {
        self.story_with(bytes, 1)
    }

    /// A story most of whose names are in no list, as most people and places of the news are: one name in eight is known.
    pub fn quiet_story(&mut self, bytes: usize) -> Text {
        self.story_with(bytes, 8)
    }

    fn story_with(&mut self, bytes: usize, known: usize) -> Text {
        let language = self.below(4);
        let mut body = String::new();
        while body.len() < bytes {
            let word = match self.below(60) {
                0..24 => nth(SMALL[language].1, self.rank(24)).to_owned(),
                24..28 => self.head(language).to_owned(),
                28..32 => {
                    let rank = self.rank(NAMES);
                    let name = self.names[language][rank].clone();
                    if self.below(known) == 0 { name } else { format!("Q{}w", name.to_lowercase()) }
                }
                _ => {
                    let rank = self.rank(WORDS);
                    self.words[language][rank].clone()
                }
            };
            body.push_str(&word);
            body.push_str(match self.below(14) {
                0 => ". ",
                1 => ", ",
                _ => " ",
            });
        }
        Text {
            title: format!("{} {} {}", self.name(language), self.head(language), self.word(language)),
            body,
            language: Language::parse(SYLLABLES[language].0).expect("the language is known"),
            source: SourceId::new("paper").expect("the id is well formed"),
        }
    }
}
