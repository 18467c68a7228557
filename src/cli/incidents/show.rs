//! `presswatch incidents show ID`.

use std::process::ExitCode;

use anyhow::bail;

use crate::cli::{Global, terminal};
use crate::model::{Fact, IncidentId};
use crate::store::{IncidentDetail, Store};
use crate::web::record;

/// Shows one incident: what is reported, by whom, and the words that say so.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The incident's id, as lists and exports give it.
    id: uuid::Uuid,
}

pub async fn run(args: &Args, global: &Global, store: &Store) -> anyhow::Result<ExitCode> {
    let Some(found) = store.incident(IncidentId(args.id)).await? else {
        bail!("there is no incident {}: it may be past its time (retention.stories)", args.id);
    };
    if global.json {
        let mut value = record::as_json(&found.incident);
        value["clusters"] = found.clusters.iter().map(ToString::to_string).collect();
        value["related"] = found.related.iter().map(|other| other.id.to_string()).collect();
        terminal::json(&value);
    } else {
        people(&found);
    }
    Ok(ExitCode::SUCCESS)
}

fn people(found: &IncidentDetail) {
    let incident = &found.incident;
    let fact = |name: &str, value: &str| terminal::line(&format!("{name:<14} {value}"));
    terminal::line(&incident.title);
    terminal::line("");
    fact("id", &incident.id.to_string());
    fact("status", incident.status.as_str());
    fact("topic", &incident.topic);
    if !incident.other_topics.is_empty() {
        fact("also", &incident.other_topics.join(", "));
    }
    fact("country", incident.country.as_deref().unwrap_or("none"));
    if let Some(place) = &incident.place {
        fact("place", place);
    }
    fact("day", &format!("{} ({})", incident.date, incident.date_basis));
    fact("actors", &incident.actors.join(", "));
    for (name, values) in [("person", &incident.persons), ("people", &incident.people)] {
        for value in values {
            fact(name, &format!("{}, said by {} publisher(s)", value.value, value.publishers));
        }
    }
    fact("first seen", &incident.first_seen_at.to_string());
    fact("last seen", &incident.last_seen_at.to_string());
    terminal::line("");
    terminal::line(&format!("Reported by {} independent publisher(s):", incident.publishers));
    for report in &incident.reports {
        let kind = if report.withdrawn {
            ", no longer says so"
        } else if report.copy {
            ", a copy"
        } else {
            ""
        };
        terminal::line(&format!("  {} ({}){kind}: {}", report.source_name, report.source_id, report.title));
        terminal::line(&format!("    story {} {}", report.story, report.url.as_deref().unwrap_or_default()));
        for said in &report.facts {
            terminal::line(&format!("    {:<10} {}{}", said.kind.as_str(), said.value, because(said)));
        }
    }
    for other in &found.related {
        terminal::line(&format!("The same name: {} {} {}, {}", other.date, other.topic, other.status.as_str(), other.id));
    }
}

/// `: "detained" (arrest_detention: detained)`
fn because(fact: &Fact) -> String {
    let mut places: Vec<String> = fact.evidence.iter().map(|one| format!("\"{}\" ({})", one.text, one.rule)).collect();
    places.dedup();
    if places.is_empty() { String::new() } else { format!(": {}", places.join(", ")) }
}
