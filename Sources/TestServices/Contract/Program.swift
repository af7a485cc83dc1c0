import Restate

/// What an ``ObjectInterpreter`` is to do, as it is written.
struct Program: Codable, Sendable {
    var commands: [Command]

    /// Makes an object count one.
    static let increment = Program(commands: [Command(kind: .incrementCounter)])

    /// Which members it has is a matter of its kind.
    struct Command: Codable, Sendable {
        var kind: Kind
        var key: Int?
        var duration: Int?
        var sleep: Int?
        var index: Int?
        var program: Program?
    }

    enum Kind: Int, Codable, Sendable {
        case setState = 1
        case getState
        case clearState
        case incrementCounter
        case incrementIndirectly
        case sleep
        case callEcho
        case callEchoLater
        case incrementIndirectlyLater
        case run
        case flakyRun
        case slowRun
        case recoverFailure
        case callFailure
        case awaitPending
        case resolvedAwakeable
        case rejectedAwakeable
        case incrementViaAwakeableDance
        case callNextLayer
    }
}

/// Which object interprets: its layer and its key.
struct InterpreterID: Codable, Sendable {
    var layer: Int
    var key: String
}

extension Context {
    /// The handler that interprets programs, of an object of a layer.
    func interpret(at id: InterpreterID) throws -> Call<Program, Void> {
        switch id.layer {
        case 0: object(ObjectInterpreterL0.self, id.key).interpret
        case 1: object(ObjectInterpreterL1.self, id.key).interpret
        case 2: object(ObjectInterpreterL2.self, id.key).interpret
        default: throw TerminalError("There is no layer \(id.layer)", code: 400)
        }
    }
}
