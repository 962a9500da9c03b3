//! The Lambda function `notify-bounce`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_events("notify-bounce", |app, payload| async move { notify::bounced(&app, payload).await }).await
}
