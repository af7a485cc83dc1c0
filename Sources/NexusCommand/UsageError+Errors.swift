public import Commands
internal import Nexus
internal import Restate

extension UsageError {
    /// A value that can be read, and cannot be used here: a host that is not found, a folder that cannot be
    /// made. Nil for other errors, as a port that is taken.
    public init?(_ error: any Error) {
        switch error {
        case let error as UsageError: self = error
        case let error as EndpointError where [.address, .setting, .identity].contains(error.code):
            self.init(sentence: error.description)
        case let error as BookError where error.kind == .place:
            self.init(sentence: error.description)
        default: return nil
        }
    }

    /// - Parameter sentence: with or without its full stop.
    public init(sentence: String) {
        self.init(sentence.hasSuffix(".") ? sentence : sentence + ".")
    }
}

/// Does something whose errors may be those of a value.
func usable<Value>(_ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch {
        throw UsageError(error) ?? error
    }
}
