//! The Lambda function `notify`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_events("notify", |app, payload| async move { notify::handle(&app, payload).await }).await
}
