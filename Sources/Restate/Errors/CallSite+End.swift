import RestateMachine

extension CallSite {
    /// The output is issued by no line of the handler's code, but by its return.
    static let handlerEnd = CallSite(fileID: "the end of the handler", line: 0)
}
