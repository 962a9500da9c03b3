//! The Lambda function `certificate`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_http("certificate", certificate::router).await
}
