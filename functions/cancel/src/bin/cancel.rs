//! The Lambda function `cancel`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_http("cancel", cancel::router).await
}
