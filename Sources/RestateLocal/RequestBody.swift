internal import RestateHTTP
internal import RestateRuntime

/// Gathers a request's body and hands it on when it is whole. Loop-confined; held by its stream.
final class RequestBody: StreamObserver {
    enum Outcome {
        case whole([UInt8])
        case tooLarge
        /// It broke off in the middle, or was malformed.
        case broken(RequestStream.InputFailure)
    }

    private let stream: RequestStream
    private let limit: Int
    private var bytes: [UInt8] = []
    private var finish: ((Outcome) -> Void)?

    /// - Parameter finish: called once, on the loop; never if the client goes before.
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
