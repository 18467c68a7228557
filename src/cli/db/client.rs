//! The client programs of PostgreSQL, told by their environment which server is meant: an address on the command line could be read
//! by every user of the machine.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;
use url::Url;

use crate::config::Config;
use crate::store::embedded;
use crate::store::open::Server;

/// Parameters of an address and the variables that carry them (libpq, "Environment Variables").
const PARAMETERS: [(&str, &str); 9] = [
    ("host", "PGHOST"),
    ("sslmode", "PGSSLMODE"),
    ("ssl-mode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("options", "PGOPTIONS"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
];

/// A client program with the server in its environment.
pub fn command(name: &str, config: &Config, server: &Server) -> anyhow::Result<Command> {
    let mut command = Command::new(program(name, config, server));
    for (variable, _) in std::env::vars_os().filter(|(variable, _)| variable.to_string_lossy().starts_with("PG")) {
        command.env_remove(variable);
    }
    command.env("PGAPPNAME", "presswatch-db").envs(variables(server.url.expose())?);
    Ok(command)
}

/// The program of the installation that runs the private cluster, else of the newest one, else whatever `$PATH` finds.
fn program(name: &str, config: &Config, server: &Server) -> PathBuf {
    let running = server.embedded.as_ref().map(|cluster| cluster.installation().clone());
    let installed = || embedded::installations(config.database.binaries.as_deref()).ok()?.into_iter().next();
    let found = running.or_else(installed).map(|installation| installation.program(name));
    found.filter(|program| program.is_file()).unwrap_or_else(|| PathBuf::from(name))
}

fn variables(address: &str) -> anyhow::Result<Vec<(&'static str, String)>> {
    // The address was read before, by the pool; its text must not appear in an error.
    let url = Url::parse(address).ok().context("the database's address cannot be read")?;
    let mut variables = vec![
        ("PGHOST", url.host_str().unwrap_or("localhost").to_owned()),
        ("PGPORT", url.port().unwrap_or(5432).to_string()),
        ("PGDATABASE", decode(url.path().trim_start_matches('/'))),
    ];
    if !url.username().is_empty() {
        variables.push(("PGUSER", decode(url.username())));
    }
    if let Some(password) = url.password() {
        variables.push(("PGPASSWORD", decode(password)));
    }
    for pair in url.query().unwrap_or_default().split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        // Later variables win: a `host` parameter names the socket's folder.
        variables.extend(PARAMETERS.iter().filter(|(parameter, _)| *parameter == key).map(|(_, variable)| (*variable, decode(value))));
    }
    Ok(variables)
}

/// Percent-decoding; a plus sign stands for itself.
fn decode(text: &str) -> String {
    let pair = format!("={}", text.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_becomes_variables() {
        let check = |address: &str, expect: &[(&str, &str)]| {
            let variables = variables(address).unwrap();
            for (name, value) in expect {
                let last = variables.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value.as_str());
                assert_eq!(last, Some(*value), "{name}");
            }
        };
        check(
            "postgres://me%40ngo:p%26a+s%2Fs@db.example:5433/press?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem",
            &[
                ("PGHOST", "db.example"),
                ("PGPORT", "5433"),
                ("PGUSER", "me@ngo"),
                ("PGPASSWORD", "p&a+s/s"),
                ("PGDATABASE", "press"),
                ("PGSSLMODE", "verify-full"),
                ("PGSSLROOTCERT", "/etc/ca.pem"),
            ],
        );
        check(
            "postgres://presswatch@localhost:5432/presswatch?host=%2Fvar%2Flib%2Fa%20b%2Frun",
            &[("PGHOST", "/var/lib/a b/run"), ("PGUSER", "presswatch")],
        );
    }
}
