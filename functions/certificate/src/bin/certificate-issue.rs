//! The Lambda function `certificate-issue`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_events("certificate-issue", |app, payload| async move { certificate::issue(&app, payload).await }).await
}
