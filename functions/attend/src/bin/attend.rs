//! The Lambda function `attend`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_http("attend", attend::router).await
}
