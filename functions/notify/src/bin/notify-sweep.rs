//! The Lambda function `notify-sweep`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_events("notify-sweep", |app, payload| async move { notify::sweep(&app, payload).await }).await
}
