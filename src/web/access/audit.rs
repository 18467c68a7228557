//! `/audit`: who did what, and when. For admins.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;

use crate::model::Role;
use crate::web::access::{Viewer, role_key};
use crate::web::failure::Failure;
use crate::web::view::{self, Section, When};
use crate::web::{WebState, visit};

const ROWS: i64 = 200;

#[derive(Template)]
#[template(path = "audit.html")]
struct Page {
    section: Section,
    rows: Vec<Row>,
    accounts: Vec<Account>,
    older: Option<i64>,
}

struct Row {
    at: When,
    who: String,
    action: String,
    target: String,
    detail: String,
}

struct Account {
    name: String,
    role: String,
    seen: Option<When>,
    sessions: i64,
}

/// Where the list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    before: Option<i64>,
}

pub async fn show(viewer: Viewer, State(state): State<WebState>, from: Result<Query<From>, QueryRejection>) -> Result<Response, Failure> {
    viewer.require(Role::Admin)?;
    let Query(from) = from.map_err(|_| Failure::bad_request("The place cannot be read", "Follow the links of the page."))?;
    let (rows, accounts) = tokio::try_join!(state.store.audit_log(from.before, ROWS), state.store.accounts())?;
    let (now, texts) = (Timestamp::now(), visit::texts());
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= ROWS;
    Ok(view::html(&Page {
        section: Section::None,
        older: rows.last().filter(|_| full).map(|last| last.id),
        rows: rows
            .into_iter()
            .map(|row| Row { at: When::new(row.at, now), who: row.who, action: row.action, target: row.target, detail: row.detail })
            .collect(),
        accounts: accounts
            .into_iter()
            .map(|account| Account {
                name: account.name,
                role: texts.say(role_key(account.role)).plain(),
                seen: account.last_seen_at.map(|at| When::ago(at, now)),
                sessions: account.sessions,
            })
            .collect(),
    }))
}
