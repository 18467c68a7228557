//! Who may see and change what.
//!
//! Where the pages ask for a sign-in ([`Config::asks_for_login`]), a request without one gets the page to sign in; elsewhere whoever reaches
//! the address is an admin without a name. Every request that changes something carries a token of the session ([`csrf`]).

mod audit;
pub mod csrf;
pub mod secret;
pub mod sign_in;

use std::net::IpAddr;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::config::{Config, Watchlist};
use crate::model::Role;
use crate::web::failure::Failure;
use crate::web::{WebState, api, visit};

/// Holds the secret of a session in the reader's browser.
pub const SESSION_COOKIE: &str = "presswatch_session";

/// The name in the audit log of who was let in without a sign-in.
pub const LOCAL: &str = "local";

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The account's name; [`LOCAL`] without a sign-in.
    pub name: String,
    pub role: Role,
    /// False where the pages ask for no sign-in.
    pub signed_in: bool,
}

impl Viewer {
    /// Whoever reaches an address that asks for no sign-in.
    pub fn local() -> Self {
        Self { name: LOCAL.to_owned(), role: Role::Admin, signed_in: false }
    }

    /// Refuses who has less than this role.
    ///
    /// # Errors
    /// The page that says which role it takes.
    pub fn require(&self, role: Role) -> Result<(), Failure> {
        if self.role >= role {
            return Ok(());
        }
        let texts = visit::texts();
        let needed = texts.say(role_key(role)).plain();
        Err(Failure::said("failure.not_allowed", StatusCode::FORBIDDEN)
            .with_advice(&texts.say("failure.not_allowed_advice").with("role", needed).plain()))
    }

    /// The message that names the role.
    pub fn role_key(&self) -> &'static str {
        role_key(self.role)
    }

    /// May change what is shown: confirm, merge, mute, add.
    pub fn may_edit(&self) -> bool {
        self.role >= Role::Editor
    }

    /// Whether the list's name, terms and findings may be shown. A restricted list is seen by those that it names, whatever their role.
    pub fn may_see(&self, list: &Watchlist) -> bool {
        !list.restricted || (self.signed_in && list.visible_to.contains(&self.name))
    }
}

/// What a request's headers say of who sends it.
#[derive(Debug, Clone, Default)]
pub struct Admission {
    pub viewer: Option<Viewer>,
    /// The secret of the session, to which forms are bound.
    pub session: Option<String>,
}

/// Finds out who asks: by the cookie of a session where the pages ask for a sign-in.
///
/// # Errors
/// When the database does not answer: nobody is let in then.
pub async fn admit(state: &WebState, config: &Config, headers: &HeaderMap, path: &str) -> Result<Admission, Failure> {
    // A token opens what is made for programs alone; a wrong one is never passed over for something else.
    if let (Some(scope), Some(given)) = (api::scope_of(path), headers.get(AUTHORIZATION)) {
        let Some(token) = given.to_str().ok().and_then(token_of) else { return Ok(Admission::default()) };
        let Some(found) = state.store.token(&secret::digest(&token)).await? else { return Ok(Admission::default()) };
        if !found.scopes.iter().any(|one| one == scope) {
            return Err(Failure::new(StatusCode::FORBIDDEN, &format!("The token has not the scope \"{scope}\""))
                .with_advice("Make one that has it: `presswatch tokens add NAME --scope SCOPE`."));
        }
        return Ok(Admission { viewer: Some(Viewer { name: format!("token:{}", found.name), role: Role::Reader, signed_in: true }), session: None });
    }
    let token = visit::cookie(headers, SESSION_COOKIE).filter(|token| !token.is_empty() && token.len() <= 100);
    let found = match token {
        Some(token) => state.store.session(&secret::digest(token)).await?.map(|account| (token, account)),
        None => None,
    };
    Ok(match found {
        Some((token, (name, role))) => Admission { viewer: Some(Viewer { name, role, signed_in: true }), session: Some(token.to_owned()) },
        None if config.asks_for_login() => Admission::default(),
        None => Admission { viewer: Some(Viewer::local()), session: None },
    })
}

/// The token of `Authorization: Bearer TOKEN`; of `Basic` the password, for feed readers that know nothing else.
fn token_of(header: &str) -> Option<String> {
    let (scheme, rest) = header.split_once(' ')?;
    let token = if scheme.eq_ignore_ascii_case("bearer") {
        rest.trim().to_owned()
    } else if scheme.eq_ignore_ascii_case("basic") {
        let pair = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
        pair.split_once(':')?.1.to_owned()
    } else {
        return None;
    };
    Some(token).filter(|token| (20..=200).contains(&token.len()))
}

/// What a program gets that brought no token, or a wrong one.
pub fn unauthorized() -> Response {
    let failure = Failure::said("failure.sign_in_first", StatusCode::UNAUTHORIZED)
        .with_advice("Send `Authorization: Bearer TOKEN`; `presswatch tokens add` makes tokens.");
    let mut response = failure.into_response();
    response.headers_mut().append(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"presswatch\""));
    response.headers_mut().append(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"presswatch\", charset=\"UTF-8\""));
    response
}

/// Where a request comes from: the peer, or what a proxy on this machine says of it.
pub fn origin(peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
    let forwarded = || {
        // The last one is the word of the proxy that is nearest to us; those before it are the client's own.
        let value = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        value.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let peer = peer?;
    if peer.to_canonical().is_loopback() { Some(forwarded().unwrap_or(peer)) } else { Some(peer) }
}

/// The pages of this room.
pub fn routes() -> Router<WebState> {
    Router::new().route("/login", get(sign_in::show).post(sign_in::enter)).route("/logout", post(sign_in::leave)).route("/audit", get(audit::show))
}

/// Pages that are shown to everybody.
pub fn is_open(path: &str) -> bool {
    matches!(path, "/login" | "/preferences" | "/api/v1/openapi.json")
}

/// The message that names a role.
pub fn role_key(role: Role) -> &'static str {
    match role {
        Role::Reader => "role.reader",
        Role::Editor => "role.editor",
        Role::Admin => "role.admin",
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Viewer {
    type Rejection = Failure;

    /// The guard let nobody through to a page that needs one; a page that forgot that is closed.
    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Failure> {
        visit::current().viewer.clone().ok_or_else(|| Failure::said("failure.sign_in_first", StatusCode::UNAUTHORIZED))
    }
}
