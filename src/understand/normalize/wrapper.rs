//! Addresses that carry another address: redirectors, caches, archives, AMP viewers.

use url::Url;

/// What a wrapper wraps, with the kind of wrapper; `None` for an ordinary address.
///
/// An address is taken out of another one only where host or path say that the page does nothing but lead there: a login page with
/// `?next=https://...`, a share dialogue or a translation is a page of its own.
pub(super) fn unwrap(url: &Url) -> Option<(Url, &'static str)> {
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    from_amp_viewer(host, url)
        .map(|inner| (inner, "AMP viewer"))
        .or_else(|| from_archive(host, url).map(|inner| (inner, "archive")))
        .or_else(|| from_path(host, url).map(|inner| (inner, "redirect")))
        .or_else(|| from_parameter(host, url).map(|inner| (inner, "redirect")))
}

/// Google's viewer (`/amp/s/host/path`), the AMP caches (`/c/s/host/path`: content, secure) and Yandex Turbo (`/turbo/s/host/path`).
fn from_amp_viewer(host: &str, url: &Url) -> Option<Url> {
    let path = url.path();
    let rest = if is_google(host) {
        path.strip_prefix("/amp/")?
    } else if host.ends_with(".cdn.ampproject.org") || host.ends_with(".bing-amp.com") || host == "bing-amp.com" || host == "cdn.ampproject.org" {
        ["/c/", "/v/", "/wp/", "/i/"].iter().find_map(|prefix| path.strip_prefix(prefix))?
    } else if host.starts_with("yandex.") {
        path.strip_prefix("/turbo/")?
    } else {
        return None;
    };
    let (scheme, rest) = rest.strip_prefix("s/").map_or(("http", rest), |rest| ("https", rest));
    // The wrapper's own query belongs to the story's address, as the viewers append it unchanged.
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    absolute(&format!("{scheme}://{rest}{query}"))
}

/// Copies kept by archives: the address follows a time stamp, which may end in letters (`20260102000000if_`).
fn from_archive(host: &str, url: &Url) -> Option<Url> {
    let path = url.path();
    let rest = match host {
        "web.archive.org" => path.strip_prefix("/web/")?,
        "archive.org" => path.strip_prefix("/wayback/").or_else(|| path.strip_prefix("/web/"))?,
        "archive.ph" | "archive.today" | "archive.is" | "archive.li" | "archive.vn" | "archive.md" | "archive.fo" => path.strip_prefix('/')?,
        "webcache.googleusercontent.com" => {
            let query = parameter(url, "q")?;
            // cache:IDENTIFIER:ADDRESS words, or cache:ADDRESS
            let rest = query.strip_prefix("cache:")?.split([' ', '+']).next()?.to_owned();
            let rest = rest
                .find("http")
                .map_or_else(|| rest.rsplit(':').next().unwrap_or(&rest).to_owned(), |at| rest.get(at..).unwrap_or_default().to_owned());
            return absolute(&rest).or_else(|| absolute(&format!("https://{rest}")));
        }
        _ => return None,
    };
    // A permanent link of archive.today: /o/IDENTIFIER/ADDRESS
    let (stamp, rest) = rest.strip_prefix("o/").unwrap_or(rest).split_once('/')?;
    let stamp_like = rest.starts_with("http") || (stamp.len() >= 4 && stamp.bytes().take(4).all(|byte| byte.is_ascii_digit()));
    if !stamp_like {
        return None;
    }
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    // Servers and proxies collapse the two slashes after the scheme.
    let rest = rest.replacen(":/", "://", 1).replacen(":///", "://", 1);
    absolute(&format!("{rest}{query}"))
        .or_else(|| absolute(&format!("https://{rest}{query}")).filter(|inner| inner.host_str().is_some_and(|host| host.contains('.'))))
}

/// Redirectors that carry the address in their path.
fn from_path(host: &str, url: &Url) -> Option<Url> {
    // Proofpoint: /v3/__https://host/path__;!!...
    if host == "urldefense.com" || host == "urldefense.us" {
        let inner = url.as_str().split_once("/v3/__")?.1.split("__;").next()?;
        return absolute(&inner.replacen(":/", "://", 1).replacen(":///", "://", 1));
    }
    // Readers and proxies that take the address as their path: /https://host/path
    if let Some(inner) =
        ["/https:/", "/http:/"].iter().find_map(|start| url.path().starts_with(start).then(|| url.as_str().split_once(start)).flatten())
    {
        let scheme = if url.path().starts_with("/https") { "https" } else { "http" };
        return absolute(&format!("{scheme}://{}", inner.1.trim_start_matches('/')));
    }
    // Bing search: /ck/a?...&u=a1 and the address in Base64
    if host == "bing.com" && url.path().starts_with("/ck/") {
        let bytes = base64_url(parameter(url, "u")?.strip_prefix("a1")?)?;
        return absolute(std::str::from_utf8(&bytes).ok()?);
    }
    // Yahoo search: .../RU=https%3a%2f%2fhost%2fpath/RK=...
    if host == "r.search.yahoo.com" {
        let inner = url.path().split('/').find_map(|segment| segment.strip_prefix("RU="))?;
        return absolute(&decode(inner));
    }
    // Google News until 2024: the address stands in the identifier, between two lengths.
    if host == "news.google.com" {
        let identifier = url.path_segments()?.skip_while(|segment| *segment != "articles" && *segment != "read").nth(1)?;
        let bytes = base64_url(identifier)?;
        let start = bytes.windows(4).position(|window| window == b"http")?;
        let inner: Vec<u8> = bytes.iter().skip(start).copied().take_while(|byte| (0x21..0x7f).contains(byte)).collect();
        return absolute(std::str::from_utf8(&inner).ok()?);
    }
    None
}

/// Hosts whose only service is leading elsewhere.
const REDIRECT_HOSTS: &str = "l.facebook.com lm.facebook.com l.instagram.com l.threads.net l.messenger.com out.reddit.com exit.sc href.li t.umblr.com slack-redir.net \
    urldefense.proofpoint.com protect-us.mimecast.com linkprotect.cudasvc.com click.mail.ru r.mail.ru clck.yandex.ru sba.yandex.net \
    steamcommunity.com feedproxy.google.com nullrefer.com anonym.to dereferer.org leads.vk.com deref-gmx.net deref-web.de via.hypothes.is";

/// First labels of hosts that count clicks for others: `click.news.example`, `eur01.safelinks.protection.outlook.com`.
const REDIRECT_LABELS: &str = "l lm out go click clicks link links redirect redir away exit safelinks track tracking trk feeds feedproxy email clk";

/// Segments of a path that say the same. `/~r/` was FeedBurner's.
const REDIRECT_SEGMENTS: &str = "url redirect redirect.php redir redir.php l.php out out.php away away.php go go.php link link.php goto goto.php click click.php \
    clickthrough apiclick.aspx exit exit.php r.php rd track ~r jump jump.php redirector linkfilter leave turbo rurl l clck jsredir dereferrer \
    dereferer redirecting";

/// Names under which redirectors carry their target, the likeliest first.
const TARGET_PARAMETERS: &str =
    "url u q to target dest destination redirect redirect_url redirect_uri redirecturl r z link goto href l uri out text rurl ru a p d k uddg";

/// A parameter that is an absolute address, on a page that is a redirector.
fn from_parameter(host: &str, url: &Url) -> Option<Url> {
    let query = url.query()?;
    let first_label = host.split('.').next().unwrap_or_default();
    let redirector = listed(REDIRECT_HOSTS, host)
        || listed(REDIRECT_LABELS, first_label)
        || host.ends_with(".safelinks.protection.outlook.com")
        || url.path_segments().is_some_and(|mut segments| segments.any(|segment| listed(REDIRECT_SEGMENTS, &segment.to_ascii_lowercase())));
    if !redirector {
        return None;
    }
    // href.li/?https://host/path
    if let Some(inner) = absolute(&decode(query)) {
        return Some(inner);
    }
    let inner = TARGET_PARAMETERS.split_whitespace().find_map(|name| {
        let value = parameter(url, name)?;
        // Proofpoint's second version writes "-" for "%" and "_" for "/".
        let value = if host == "urldefense.proofpoint.com" { decode(&value.replace('-', "%").replace('_', "/")) } else { value };
        absolute(&value)
    });
    // A redirector inside its own site (`/go?url=https://same.site/...`) is unwrapped just the same; one that leads to itself is none.
    inner.filter(|inner| inner != url)
}

fn base64_url(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

/// True when a list of words has a word.
fn listed(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|listed| listed == word)
}

fn is_google(host: &str) -> bool {
    host.split_once('.').is_some_and(|(first, rest)| first == "google" && psl::suffix_str(rest).is_some_and(|suffix| suffix == rest))
}

/// The first parameter of that name, compared without case, decoded.
fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.into_owned())
}

fn absolute(text: &str) -> Option<Url> {
    let text = text.trim();
    // Twice encoded targets are common: https%3A%2F%2F inside a value that was decoded once.
    let url =
        if text.get(..9).is_some_and(|start| start.to_ascii_lowercase().contains("%3a")) { Url::parse(&decode(text)) } else { Url::parse(text) };
    url.ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| host.contains('.')))
}

fn decode(text: &str) -> String {
    super::percent::decode(text)
}
