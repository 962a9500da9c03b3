//! Materials of an event, for those who hold a place.

use std::sync::Arc;

use app::{App, HeldBooking, Rejection};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::EventStatus;
use domain::material::{Material, MaterialKind, content_type};
use web::Problem;
use web::components::Link;
use web::page::download;

/// `GET /bookings/{token}/materials/{material}`: one of the files.
pub async fn file(
    State(app): State<Arc<App>>,
    Path((token, id)): Path<(String, String)>,
) -> Result<Response, Rejection> {
    let held = app.booking(&token).await?;
    let found = of(&app, &held).await?.into_iter().find(|material| material.id == id);
    let Some(MaterialKind::File { name, .. }) = found.map(|material| material.kind) else {
        return Err(Problem::not_found().into());
    };
    let content = app.store.material_content(held.record.id, &id).await?.ok_or_else(Problem::not_found)?;
    Ok(download(content_type(&name).unwrap_or("application/octet-stream"), &name, content))
}

/// The materials that whoever holds this booking gets.
pub async fn of(app: &App, held: &HeldBooking) -> Result<Vec<Material>, Rejection> {
    let holds_place = matches!(held.standing.status, "confirmed" | "attended");
    if !holds_place || held.record.status != EventStatus::Published {
        return Ok(Vec::new());
    }
    Ok(app.store.materials(held.record.id).await?)
}

/// Where a material is for whoever holds a booking's link.
pub fn link(token: &str, material: &Material) -> Link<'static> {
    match &material.kind {
        MaterialKind::Link { url } => Link::new(url.clone(), material.title.clone()),
        MaterialKind::File { bytes, .. } => {
            let words = format!("{} ({} KB)", material.title, bytes.div_ceil(1_024));
            Link::new(format!("/bookings/{token}/materials/{}", material.id), words)
        }
    }
}
