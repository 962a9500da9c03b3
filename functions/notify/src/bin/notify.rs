//! The Lambda function `notify`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_events("notify", |app, batch| async move { notify::handle(&app, batch).await }).await
}
