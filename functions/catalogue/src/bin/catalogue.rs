//! The Lambda function `catalogue`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_http("catalogue", catalogue::router).await
}
