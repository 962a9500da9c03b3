//! The Lambda function `register-settle`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_events("register-settle", |app, payload| async move { register::settle(&app, payload).await }).await
}
