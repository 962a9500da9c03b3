//! The Lambda function `report`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_http("report", report::router).await
}
