internal import CanonicalJSON
internal import RestateHTTP

/// Speaks the runtime API of AWS Lambda: it takes the next event, and gives the answer, again and again.
///
/// AWS stops the process between two events, whenever the next one is asked for. So nothing of an
/// invocation goes on in between.
struct LambdaRuntime: Sendable {
    let address: LambdaAddress
    /// Told what went wrong with an event.
    let log: @Sendable (String) -> Void

    /// Serves events until the task is cancelled or the runtime API cannot be reached.
    func run(_ function: LambdaFunction) async throws {
        let loop = EventLoop()
        loop.start()
        let client = LambdaClient(address, loop)
        do {
            while !Task.isCancelled { try await serveNext(client, function) }
            await loop.stopped()
        } catch {
            await loop.stopped()
            if !Task.isCancelled { throw error }
        }
    }

    private func serveNext(
        _ client: LambdaClient, _ function: LambdaFunction
    ) async throws {
        let event = try await client.send("GET", "/2018-06-01/runtime/invocation/next")
        guard event.status == 200, let id = event.headers["lambda-runtime-aws-request-id"] else {
            throw LambdaFailure("the runtime API gave no event but status \(event.status)")
        }
        let path = "/2018-06-01/runtime/invocation/\(id)"
        // What handlers may want to know of the function's invocation.
        let kept = [
            "lambda-runtime-aws-request-id", "lambda-runtime-trace-id",
            "lambda-runtime-deadline-ms", "lambda-runtime-invoked-function-arn",
        ]
        let headers = kept.compactMap { name in event.headers[name].map { (name: name, value: $0) }
        }
        let answer: [UInt8]
        do {
            answer = try await function.answer(to: event.body, adding: headers)
        } catch {
            try Task.checkCancellation()
            let type = error is DecodingError ? "Event.Invalid" : "Endpoint.Broken"
            log("event \(id): \(error)")
            _ = try await client.send(
                "POST", path + "/error", Self.report(type, "\(error)"),
                [("lambda-runtime-function-error-type", type)])
            return
        }
        let taken = try await client.send("POST", path + "/response", answer)
        if taken.status != 202 {
            log("the answer to event \(id) was not taken: status \(taken.status)")
        }
    }

    /// Reports that the function cannot begin at all.
    func refuse(_ reason: String) async {
        let loop = EventLoop()
        loop.start()
        _ = try? await LambdaClient(address, loop).send(
            "POST", "/2018-06-01/runtime/init/error",
            Self.report("Endpoint.Invalid", reason),
            [("lambda-runtime-function-error-type", "Endpoint.Invalid")])
        await loop.stopped()
    }

    private static func report(_ type: String, _ message: String) -> [UInt8] {
        struct Report: Encodable {
            var errorType: String
            var errorMessage: String
        }
        return (try? JSON.encode(Report(errorType: type, errorMessage: message))) ?? []
    }
}

/// Where the runtime API is: `AWS_LAMBDA_RUNTIME_API`, a host and a port.
struct LambdaAddress: Sendable {
    let host: String
    let port: Int

    init?(_ text: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
            let port = Int(text[text.utf8.index(after: colon)...]), (1...65535).contains(port)
        else { return nil }
        host = String(text[..<colon])
        self.port = port
    }
}
