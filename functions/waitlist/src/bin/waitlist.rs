//! The Lambda function `waitlist`.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    app::run_http("waitlist", waitlist::router).await
}
