//! Pages that stand in an article's place: bot checks, consent questions, paywalls.
//!
//! In: title and text of a page. Out: which wall it is. A wall's words must never be stored as a story.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// What keeps the article back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wall {
    Bot,
    Consent,
    Pay,
}

impl Wall {
    /// For people.
    pub fn warning(self) -> &'static str {
        match self {
            Self::Bot => "the page is a bot check, not the article",
            Self::Consent => "the page asks for consent and holds no article",
            Self::Pay => "the article is behind a paywall: only its beginning is on the page",
        }
    }
}

/// Titles of bot checks and errors. Compared in lower case.
const BOT_TITLES: &[&str] = &[
    "just a moment",
    "attention required",
    "access denied",
    "are you a robot",
    "security check",
    "ddos-guard",
    "pardon our interruption",
    "checking your browser",
    "robot check",
    "human verification",
    "403 forbidden",
    "request blocked",
    "bot verification",
    "один момент",
    "verify you are human",
    "please wait...",
    "one moment, please",
    "you have been blocked",
    "security verification",
    "bitte warten",
    "einen moment bitte",
    "un instant",
    "un momento",
    "um momento",
    "un attimo",
    "even geduld",
    "een ogenblik",
    "ett ögonblick",
    "et øjeblik",
    "chwileczkę",
    "okamžik",
    "egy pillanat",
    "un moment…",
    "бір сәт",
    "зачекайте",
    "доступ ограничен",
    "доступ запрещен",
    "доступ заборонено",
    "проверка браузера",
    "bir dakika lütfen",
    "erişim engellendi",
    "请稍候",
    "請稍候",
    "安全验证",
    "しばらくお待ちください",
    "잠시만 기다려",
    "لحظة من فضلك",
    "لحظه‌ای صبر کنید",
    "tunggu sebentar",
    "vui lòng chờ",
];
const BOT_TEXTS: &[&str] = &[
    "checking your browser before accessing",
    "enable javascript and cookies to continue",
    "verify you are human",
    "verifying you are human",
    "performance & security by cloudflare",
    "please complete the security check",
    "unusual traffic from your computer network",
    "press & hold to confirm you are a human",
    "ddos protection by",
    "why have i been blocked",
    "request unsuccessful. incapsula",
    "please enable js and disable any ad blocker",
    "reviewing the security of your connection",
    "needs to review the security of your connection",
    "our systems have detected unusual traffic",
    "please turn javascript on and reload the page",
    "you don't have permission to access",
    "bestätigen sie, dass sie ein mensch sind",
    "vérifiez que vous êtes humain",
    "vérification que vous êtes humain",
    "verifica que eres un ser humano",
    "verifique que você é humano",
    "verifica di essere umano",
    "подтвердите, что вы человек",
    "подтвердите, что вы не робот",
    "проверяем ваш браузер",
    "проверка вашего браузера",
    "підтвердьте, що ви людина",
    "potwierdź, że jesteś człowiekiem",
    "insan olduğunuzu doğrulayın",
    "确认您是真人",
    "验证您是真人",
    "確認您是真人",
    "人間であることを確認",
    "사람인지 확인",
    "تحقق من أنك إنسان",
    "تأیید کنید که انسان هستید",
];
const CONSENT_TITLES: &[&str] =
    &["before you continue", "bevor sie fortfahren", "your privacy choices", "privacy gate", "cookie consent", "cookies zustimmen"];
const CONSENT_TEXTS: &[&str] = &[
    "we and our partners store and/or access information on a device",
    "before you continue to",
    "we value your privacy",
    "wir und unsere partner",
    "nous et nos partenaires",
    "nosotros y nuestros socios",
    "accept all cookies",
    "alle cookies akzeptieren",
    "accepter et continuer",
    "mit werbung weiterlesen",
    "store and/or access information on a device",
    "мы используем файлы cookie",
    "aceptar y continuar",
    "aceptar todas las cookies",
    "aceitar todos os cookies",
    "nós e os nossos parceiros",
    "noi e i nostri partner",
    "accetta tutti i cookie",
    "accetta e continua",
    "wij en onze partners",
    "alle cookies accepteren",
    "my i nasi partnerzy",
    "zaakceptuj wszystkie",
    "přijmout vše",
    "my a naši partneri",
    "my a naši partneři",
    "vi och våra partner",
    "vi og våre partnere",
    "vi og vores partnere",
    "me ja kumppanimme",
    "noi și partenerii noștri",
    "mi és partnereink",
    "ние и нашите партньори",
    "ми та наші партнери",
    "прийняти всі файли cookie",
    "принять все файлы cookie",
    "εμείς και οι συνεργάτες μας",
    "biz ve ortaklarımız",
    "tüm çerezleri kabul et",
    "نحن وشركاؤنا",
    "接受所有 cookie",
    "すべてのクッキーを受け入れる",
    "모든 쿠키 허용",
    "terima semua cookie",
];
const PAY_TEXTS: &[&str] = &[
    "subscribe to continue reading",
    "subscribe to read",
    "to continue reading",
    "already a subscriber",
    "already have an account? log in",
    "this article is for subscribers",
    "this content is for subscribers",
    "exclusive to subscribers",
    "become a subscriber",
    "log in to read",
    "register to read",
    "start your free trial to",
    "weiterlesen mit",
    "jetzt abonnieren",
    "diesen artikel weiterlesen",
    "artikel freischalten",
    "sie haben bereits ein abo",
    "registrieren sie sich, um",
    "réservé aux abonnés",
    "réservé à nos abonnés",
    "article réservé",
    "il vous reste",
    "contenido exclusivo para suscriptores",
    "suscríbete para seguir leyendo",
    "solo para suscriptores",
    "riservato agli abbonati",
    "contenuto riservato",
    "conteúdo exclusivo para assinantes",
    "exclusivo para assinantes",
    "доступно только подписчикам",
    "оформите подписку",
    "чтобы читать дальше",
    "только для подписчиков",
    "devamını okumak için",
    "abone olun",
    "treść tylko dla subskrybentów",
    "dostęp tylko dla",
    "this story is for subscribers",
    "subscribers only",
    "unlock this article",
    "create a free account to read",
    "you have reached your limit of free articles",
    "you’ve reached your limit of free articles",
    "nur für abonnenten",
    "nur mit abo",
    "lesen sie diesen artikel mit",
    "déjà abonné",
    "pour lire la suite",
    "la suite est réservée",
    "este contenido es exclusivo",
    "para seguir leyendo",
    "ya eres suscriptor",
    "já é assinante",
    "continue lendo com",
    "per continuare a leggere",
    "sei già abbonato",
    "alleen voor abonnees",
    "lees verder met een abonnement",
    "bara för prenumeranter",
    "för att läsa vidare",
    "for abonnenter",
    "kun for abonnenter",
    "logg inn for å lese",
    "tilaa ja lue",
    "tilaajille",
    "aby czytać dalej",
    "kup dostęp",
    "pro předplatitele",
    "pokračování je dostupné",
    "pre predplatiteľov",
    "csak előfizetőknek",
    "a cikk elolvasásához",
    "doar pentru abonați",
    "pentru a citi în continuare",
    "samo za pretplatnike",
    "само за абонати",
    "тільки для передплатників",
    "щоб читати далі",
    "оформіть передплату",
    "μόνο για συνδρομητές",
    "abonelere özel",
    "للمشتركين فقط",
    "لمتابعة القراءة",
    "ویژه مشترکان",
    "למנויים בלבד",
    "केवल सब्सक्राइबर",
    "仅限订阅用户",
    "订阅后继续阅读",
    "訂閱後繼續閱讀",
    "会員限定",
    "有料会員",
    "続きを読むには",
    "구독자 전용",
    "khusus pelanggan",
    "dành cho thuê bao",
];

// Each list in one automaton: every page is searched for all of them.
static BOT: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(BOT_TEXTS).ok());
static CONSENT: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(CONSENT_TEXTS).ok());
static PAY: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(PAY_TEXTS).ok());

/// A text longer than this is an article even if it speaks of walls.
const WALL_CHARS: usize = 1_200;
/// A beginning of an article is shorter than this.
const STUB_CHARS: usize = 900;

/// Recognises a wall by title and text. `visible` is all text of the page, `body` what was taken for the article, `free` what the publisher says.
pub fn recognize(title: &str, visible: &str, body: &str, free: Option<bool>) -> Option<Wall> {
    let title = title.trim().to_lowercase();
    let visible_chars = visible.chars().count();
    let short = visible_chars < 3_000;
    let said = |marks: &LazyLock<Option<AhoCorasick>>, text: &str| marks.as_ref().is_some_and(|marks| marks.is_match(text));
    let visible = visible.to_lowercase();
    if short && (BOT_TITLES.iter().any(|mark| title.starts_with(mark)) || said(&BOT, &visible)) && body.chars().count() < WALL_CHARS {
        return Some(Wall::Bot);
    }
    let body_lower = body.to_lowercase();
    let body_chars = body.chars().count();
    if body_chars < WALL_CHARS
        && (CONSENT_TITLES.iter().any(|mark| title.starts_with(mark))
            || said(&CONSENT, &body_lower)
            || (body_chars < 100 && short && said(&CONSENT, &visible)))
    {
        return Some(Wall::Consent);
    }
    let asks = said(&PAY, &body_lower);
    let stub = body_chars < STUB_CHARS && (asks || (free == Some(false) && said(&PAY, &visible)));
    if stub || (asks && body_chars < WALL_CHARS && free == Some(false)) {
        return Some(Wall::Pay);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walls_are_recognized() {
        let long = "The court heard the case of the reporter. ".repeat(60);
        for (title, text, free, expect) in [
            ("Just a moment...", "Checking your browser before accessing news.example. This takes seconds.", None, Some(Wall::Bot)),
            ("News", "We and our partners store and/or access information on a device. Accept all cookies", None, Some(Wall::Consent)),
            ("Editor held", "The editor was held on Monday. Subscribe to continue reading.", None, Some(Wall::Pay)),
            ("Editor held", "Die Redakteurin wurde am Montag festgenommen. Jetzt abonnieren", Some(false), Some(Wall::Pay)),
            ("请稍候…", "需要确认您是真人，然后才能继续。", None, Some(Wall::Bot)),
            ("Новости", "Подтвердите, что вы не робот, чтобы продолжить.", None, Some(Wall::Bot)),
            ("Gazete", "Biz ve ortaklarımız çerezleri kullanır. Tüm çerezleri kabul et", None, Some(Wall::Consent)),
            ("Redaktorka zatrzymana", "Redaktorkę zatrzymano w poniedziałek. Aby czytać dalej, kup dostęp.", None, Some(Wall::Pay)),
            ("編集長が拘束", "編集長は月曜日に拘束された。続きを読むには会員登録が必要です。", None, Some(Wall::Pay)),
            ("توقيف رئيسة التحرير", "أوقفت رئيسة التحرير يوم الاثنين. لمتابعة القراءة اشترك الآن.", None, Some(Wall::Pay)),
            ("Editor held", "The editor was held on Monday at the airport.", None, None),
            ("Access denied: how states block news", long.as_str(), None, None),
            ("Why sites ask to subscribe to continue reading", long.as_str(), None, None),
        ] {
            assert_eq!(recognize(title, text, text, free), expect, "{title}");
        }
    }
}
