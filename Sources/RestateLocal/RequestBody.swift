import Primitives
internal import RestateHTTP
internal import RestateRuntime

/// Collects a request's body, and hands it on when it is complete. It is used on the stream's loop
/// only, and its stream keeps it alive.
final class RequestBody: StreamObserver {
    enum Outcome {
        case whole([UInt8])
        case tooLarge
        /// The body ended early, or its encoding was malformed.
        case broken(RequestStream.InputFailure)
    }

    private let stream: RequestStream
    private let limit: Int
    private var bytes: [UInt8] = []
    private var finish: ((Outcome) -> Void)?

    /// Begins to read a body.
    ///
    /// - Parameter finish: called once, on the loop. It is never called if the client goes away
    ///   first.
    static func read(
        _ stream: RequestStream, limit: Int, _ finish: @escaping (Outcome) -> Void
    ) {
        let body = RequestBody(stream, limit, finish)
        stream.awaitsBody = true
        stream.answersBrokenBody = true
        stream.observer = body
        body.streamChanged()
    }

    private init(_ stream: RequestStream, _ limit: Int, _ finish: @escaping (Outcome) -> Void) {
        self.stream = stream
        self.limit = limit
        self.finish = finish
    }

    /// Takes the bytes that have come, and ends when the body is complete, too large or broken.
    func streamChanged() {
        guard finish != nil else { return }
        if stream.hasInput {
            if bytes.isEmpty { bytes = stream.takeInput() } else { bytes += stream.takeInput() }
        }
        if bytes.count > limit {
            end(.tooLarge)
        } else if stream.inputEnded {
            end(.whole(bytes))
        } else if let failure = stream.inputFailure {
            end(.broken(failure))
        } else if stream.isClosed {
            finish = nil
        }
    }

    private func end(_ outcome: Outcome) {
        let finish = finish
        self.finish = nil
        bytes = []
        stream.awaitsBody = false
        stream.observer = nil
        finish?(outcome)
    }
}
