//! The Lambda function `organise`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_http("organise", organise::router).await
}
