//! Takes lines out of an article's text that are the site's, not the story's.
//!
//! In: paragraphs as the extractor gives them. Out: the same without links to other stories, invitations to subscribe, notices of
//! copyright, and without a paragraph that stands twice. Precision first: a line goes only if its first words say what it is.

use std::collections::HashSet;

use crate::understand::extract::byline::plain;

/// First words of a line that leads to another story or to the site itself. In lower case.
const LEADS: &[&str] = &[
    "read more",
    "read also",
    "also read",
    "read:",
    "related:",
    "related post",
    "related articles",
    "see also:",
    "see more:",
    "more:",
    "recommended:",
    "also on ",
    "don't miss",
    "watch:",
    "listen:",
    "follow us",
    "follow @",
    "like this story",
    "sign up ",
    "subscribe now",
    "subscribe to",
    "download our app",
    "for the latest stories",
    "copyright",
    "©",
    "filed under",
    "click here to",
    "lesen sie",
    "lesen sie auch",
    "lies auch",
    "mehr zum thema",
    "mehr dazu",
    "auch interessant",
    "siehe auch",
    "das könnte sie auch interessieren",
    "foto:",
    "fotos:",
    "bild:",
    "titelbild:",
    "quelle:",
    "anzeige",
    "letzte aktualisierung",
    "letzte änderung",
    "aktualisiert am",
    "externer inhalt",
    "klicken sie auf",
    "kategorie:",
    "kategorien",
    "à lire aussi",
    "lire aussi",
    "à lire également",
    "voir aussi",
    "abonnez-vous",
    "suivez-nous",
    "crédit photo",
    "lea también",
    "lee también",
    "lea además",
    "le puede interesar",
    "te puede interesar",
    "vea también",
    "síganos",
    "síguenos",
    "siguenos",
    "suscríbete",
    "leia também",
    "leia mais",
    "veja também",
    "tempo de leitura",
    "siga-nos",
    "leggi anche",
    "per approfondire",
    "seguici",
    "lees ook",
    "czytaj też",
    "czytaj także",
    "zobacz też",
    "zobacz także",
    "čtěte také",
    "čítajte aj",
    "läs också",
    "les også",
    "læs også",
    "lue myös",
    "читайте также",
    "читайте ещё",
    "читать также",
    "смотрите также",
    "подписывайтесь",
    "подпишитесь",
    "по теме:",
    "читайте також",
    "дивіться також",
    "підписуйтесь",
    "підписуйтеся",
    "чытайце таксама",
    "прочетете още",
    "вижте още",
    "прочитајте",
    "pročitajte još",
    "pročitajte i",
    "preberite tudi",
    "citește și",
    "citiți și",
    "olvasson",
    "διαβάστε επίσης",
    "ayrıca bakınız",
    "ilgili haber",
    "bunu da okuyun",
    "həmçinin oxuyun",
    "тағы оқыңыз",
    "оқи отырыңыз",
    "дагы окуңуз",
    "o'qing",
    "اقرأ أيضا",
    "اقرأ المزيد",
    "إقرأ أيضا",
    "بیشتر بخوانید",
    "بیشتر بدانید",
    "مزید پڑھیں",
    "यह भी पढ़ें",
    "ये भी पढ़ें",
    "আরও পড়ুন",
    "baca juga",
    "xem thêm",
    "อ่านเพิ่มเติม",
    "関連記事",
    "続きを読む",
    "相关阅读",
    "延伸阅读",
    "관련 기사",
    "무단전재",
    "get the latest",
    "get our newsletter",
    "join our ",
    "support our ",
    "submit your ",
    "advertise with",
    "this article is the copyrighted",
    "all rights reserved",
    "to view the full story",
    "already a subscriber",
    "if you’re seeing this message",
    "we recommend the best products",
    "photo credit",
    "image credit",
    "tags:",
    "lust auf mehr",
    "mit unserem newsletter",
    "melden sie sich für",
    "jetzt anmelden",
    "alle rechte vorbehalten",
    "alle angaben ohne gewähr",
    "(alle angaben ohne gewähr",
    "schlagworte",
    "bildnachweis",
    "bildquelle",
    "weitere informationen",
    "inscrivez-vous",
    "recevez ",
    "tous droits réservés",
    "image illustrative",
    "mots-clés",
    "todos los derechos reservados",
    "más sobre ",
    "etiquetas:",
    "recibe ",
    "regístrate",
    "todos os direitos reservados",
    "receba ",
    "tutti i diritti riservati",
    "iscriviti",
    "wszelkie prawa zastrzeżone",
    "zapraszamy",
    "все права защищены",
    "теги:",
    "фото:",
    "усі права захищені",
];
/// First words that open a list of other stories: what follows goes, as long as its lines are short.
const LISTS: &[&str] = &[
    "you may also like",
    "you might also like",
    "more great",
    "more stories",
    "related stories",
    "related articles",
    "more from",
    "most read",
    "recommended stories",
    "das könnte sie auch interessieren",
    "empfohlene beiträge",
    "mehr zum thema",
    "mehr themen",
    "videos zum thema",
    "dans la même rubrique",
    "sur le même sujet",
    "noticias relacionadas",
    "te puede interesar",
    "читайте также",
    "материалы по теме",
    "читайте також",
];
/// Lines longer than this are prose, whatever they begin with.
const LINE_CHARS: usize = 180;

/// Lines about rights are long at times.
const RIGHTS: &[&str] = &["©", "copyright ©", "copyright (c)"];
const RIGHTS_CHARS: usize = 400;
/// A line without an end that closes the text heads something that is gone. At most so many are taken off.
const TAIL_LINES: usize = 3;
const TAIL_CHARS: usize = 60;

/// Drops the lines that are not the story's.
pub fn tidy(text: &str, title: Option<&str>) -> String {
    let title = title.map(plain).unwrap_or_default();
    let mut seen: HashSet<&str> = HashSet::new();
    let mut kept: Vec<&str> = Vec::new();
    let mut in_list = false;
    for (place, line) in text.lines().enumerate() {
        let chars = line.chars().count();
        let lower: String = line.chars().take(60).flat_map(char::to_lowercase).collect();
        let begins = |marks: &[&str]| marks.iter().any(|mark| lower.starts_with(mark));
        if chars < 60 && begins(LISTS) {
            in_list = true;
            continue;
        }
        // A list of headlines ends with the next sentence.
        in_list = in_list && chars < 130 && !line.ends_with(['.', '!', '”', '"', '»', '。', '؟', '।']);
        let repeated = chars > 30 && !seen.insert(line);
        let headline = place == 0 && !title.is_empty() && plain(line) == title;
        if in_list || repeated || headline || (chars <= LINE_CHARS && begins(LEADS)) || (chars <= RIGHTS_CHARS && begins(RIGHTS)) {
            continue;
        }
        kept.push(line);
    }
    for _ in 0..TAIL_LINES {
        // What is left must be most of the text: short pages are made of such lines.
        let heads_nothing =
            kept.last().is_some_and(|line| line.chars().count() < TAIL_CHARS && line.ends_with(|sign: char| sign.is_alphanumeric() || sign == ':'));
        let prose = kept.iter().rev().nth(1).is_some_and(|line| line.chars().count() > TAIL_CHARS);
        if !(heads_nothing && kept.len() > TAIL_LINES && prose) {
            break;
        }
        kept.pop();
    }
    kept.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_site_are_dropped() {
        let text = "Editor held\nThe editor was held on Monday, her lawyer said.\nRead more: Another case\nЧитайте также: Другое дело\nShe denies it.\n\
            You may also like:\nTen quiet beaches\nA cat came home\nThe court sits again on Friday, a day before the paper is one hundred years old.\n© The Daily\nTopics of the week";
        let expect = "The editor was held on Monday, her lawyer said.\nShe denies it.\nThe court sits again on Friday, a day before the paper is one hundred years old.";
        assert_eq!(tidy(text, Some("Editor Held")), expect);
    }

    #[test]
    fn a_paragraph_that_stands_twice_stays_once() {
        let paragraph = "The ministry gave no reason for closing the paper this week.";
        assert_eq!(tidy(&format!("{paragraph}\nNo.\n{paragraph}\nNo."), None), format!("{paragraph}\nNo.\nNo."));
    }

    #[test]
    fn prose_that_begins_like_an_invitation_stays() {
        let prose = format!("Read more than once, the decree {}.", "still says nothing of the reporters who were held without charge ".repeat(4));
        assert_eq!(tidy(&prose, None), prose);
    }
}
