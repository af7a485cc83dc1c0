public import Restate

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension Endpoint {
    /// Serves as the custom runtime of an AWS Lambda function, until the process is ended.
    ///
    /// ```swift
    /// import Restate
    /// import RestateLambda
    ///
    /// await Endpoint(Greeter()).serveLambda()
    /// ```
    /// The program is the function's `bootstrap`. Register the function's ARN with the server:
    /// `restate deployments register arn:aws:lambda:…:function:greeter:1`. If the endpoint cannot serve, or the
    /// runtime API cannot be reached, it prints the reason on standard error and ends the process
    /// with status 1.
    ///
    /// - Parameter address: the host and port of the runtime API; by default those that AWS gives in
    ///   `AWS_LAMBDA_RUNTIME_API`.
    public func serveLambda(runtimeAPI address: String? = nil) async {
        do {
            try await runLambda(runtimeAPI: address)
        } catch {
            complain("\(error)")
            exit(1)
        }
    }

    /// Does the same as ``serveLambda(runtimeAPI:)``, but returns when its task is cancelled, and throws.
    ///
    /// - Throws: `EndpointError` if the services cannot be served; another error if there is no runtime
    ///   API or it cannot be reached.
    public func runLambda(runtimeAPI address: String? = nil) async throws {
        let named = address ?? getenv("AWS_LAMBDA_RUNTIME_API").map { String(cString: $0) }
        guard let named else {
            throw LambdaFailure(
                "AWS_LAMBDA_RUNTIME_API is not set: the program does not run in AWS Lambda.")
        }
        guard let api = LambdaAddress(named) else {
            throw LambdaFailure("'\(named)' is not a host and a port.")
        }
        let function: LambdaFunction
        do {
            function = try LambdaFunction(self)
        } catch {
            // The function's log then has the reason, and not only that it did not begin.
            await LambdaRuntime(address: api, log: complain).refuse(error.description)
            throw error
        }
        try await LambdaRuntime(address: api, log: complain).run(function)
        await function.shutdown()
    }
}

@Sendable private func complain(_ text: String) {
    StandardErrorLogger.write("restate: \(text)\n")
}
