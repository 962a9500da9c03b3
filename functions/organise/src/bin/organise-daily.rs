//! The Lambda function `organise-daily`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_events("organise-daily", |app, payload| async move { organise::daily(&app, payload).await }).await
}
