//! What editors do on `/alerts`: send given-up deliveries once more, acknowledge what is repeated until somebody does.

use axum::Form;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use crate::model::{AlertId, DeliveryId, Role};
use crate::store::alerting::Acknowledged;
use crate::store::outbox::Replay;
use crate::web::WebState;
use crate::web::access::Viewer;
use crate::web::failure::Failure;

/// Which deliveries; without one, all that were given up.
#[derive(Debug, Deserialize)]
pub struct Which {
    delivery: Option<Uuid>,
}

/// `POST /alerts/replay`.
pub async fn replay(viewer: Viewer, State(state): State<WebState>, Form(which): Form<Which>) -> Result<Response, Failure> {
    viewer.require(Role::Editor)?;
    let (replay, target) = match which.delivery {
        Some(delivery) => (Replay::Delivery(DeliveryId(delivery)), delivery.to_string()),
        None => (Replay::All, "all".to_owned()),
    };
    let replayed = state.store.replay(&replay).await?;
    if replayed == 0 && which.delivery.is_some() {
        return Err(Failure::not_found(
            "There is no such delivery that was given up",
            "Somebody sent it once more already, or it was forgotten because of its age.",
        ));
    }
    state.store.audit(&viewer.name, "alert.replay", &target, &replayed.to_string()).await?;
    Ok(Redirect::to("/alerts?state=pending").into_response())
}

/// `POST /alerts/{id}/acknowledge`.
pub async fn acknowledge(viewer: Viewer, State(state): State<WebState>, id: Result<Path<Uuid>, PathRejection>) -> Result<Response, Failure> {
    viewer.require(Role::Editor)?;
    let unknown = || Failure::not_found("There is no such alert", "It was forgotten because of its age, or the address is not whole.");
    let Path(id) = id.map_err(|_| unknown())?;
    if state.store.acknowledge_alert(AlertId(id), "page").await? == Acknowledged::Unknown {
        return Err(unknown());
    }
    state.store.audit(&viewer.name, "alert.acknowledge", &id.to_string(), "").await?;
    Ok(Redirect::to(&format!("/alerts#{id}")).into_response())
}
