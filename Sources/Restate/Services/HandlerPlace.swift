/// Where an entry of a handler table is made.
///
/// swiftc 6.3 confuses closures of `let one = handler(A.one), two = handler(A.two)`: those of the
/// second property become the first one's, so that `two` would run `one`, in silence. The place is
/// asked for twice, once through closures, which are confused as well: then the two differ.
struct HandlerPlace: Sendable, CustomStringConvertible {
    let fileID: StaticString
    let line: UInt
    /// The method is that of another property.
    let isConfused: Bool

    init(
        _ fileID: StaticString, _ line: UInt, _ column: UInt, _ lineInClosure: UInt,
        _ columnInClosure: UInt
    ) {
        self.fileID = fileID
        self.line = line
        isConfused = line != lineInClosure || column != columnInClosure
    }

    var description: String { "\(fileID):\(line)" }
}
