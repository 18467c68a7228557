//! The one integration binary: a module per theme.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;

mod alert;
mod alerting;
mod architecture;
mod browser;
mod commands;
mod configuration;
mod daemon;
mod deploy;
mod embedded;
mod faults;
mod fuzz;
mod gather;
mod labels;
mod net;
mod newsroom;
mod polling;
mod relabel;
mod store;
mod understand;
mod watch;
mod web;
mod websub;
