//! The Lambda function `waitlist-sweep`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_events("waitlist-sweep", |app, payload| async move { waitlist::sweep(&app, payload).await }).await
}
