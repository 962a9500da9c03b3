//! The Lambda function `register`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_http("register", register::router).await
}
