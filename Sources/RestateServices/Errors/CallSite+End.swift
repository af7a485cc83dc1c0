import RestateMachine

extension CallSite {
    /// The site of the output command, which no line of the handler issues.
    static let handlerEnd = CallSite(fileID: "the end of the handler", line: 0)
}
