//! The Lambda function `register-settle`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_events("register-settle", |app, batch| async move { register::settle(&app, batch).await }).await
}
