import RestateMachine
import RestateProtocol
import Testing

@Suite struct PromiseTests {
    let failure = Failure(code: 500, message: "my failure")

    func attempt(_ type: MessageType, _ result: NotificationResult) throws -> Attempt {
        var attempt = Attempt(
            start: start(partial: true), known: [input()], later: [completed(type, 1, result)],
            closed: true)
        try attempt.begin()
        return attempt
    }

    func getCommand() -> GetPromiseCommand {
        var command = GetPromiseCommand()
        command.key = "my-prom"
        command.completionID = 1
        return command
    }

    func peekCommand() -> PeekPromiseCommand {
        var command = PeekPromiseCommand()
        command.key = "my-prom"
        command.completionID = 1
        return command
    }

    @Test func `get gives the value or the failure`() throws {
        for result in [NotificationResult.value("v".bytes), .failure(failure)] {
            var attempt = try attempt(.getPromiseCompletion, result)
            let id = try attempt.machine.getPromise("my-prom", at: here)
            #expect(try attempt.value(id) == result)
            try attempt.finish()
            try attempt.expect(getCommand(), output(""), EndMessage())
        }
    }

    @Test func `peek may give nothing`() throws {
        for result in [NotificationResult.value("v".bytes), .failure(failure), .void] {
            var attempt = try attempt(.peekPromiseCompletion, result)
            let id = try attempt.machine.peekPromise("my-prom", at: here)
            #expect(try attempt.value(id) == result)
            try attempt.finish()
            try attempt.expect(peekCommand(), output(""), EndMessage())
        }
    }

    @Test func `completing succeeds or comes too late`() throws {
        for completion in [ValueOrFailure.value("my val".bytes), .failure(failure)] {
            for result in [NotificationResult.void, .failure(failure)] {
                var attempt = try attempt(.completePromiseCompletion, result)
                let id = try attempt.machine.completePromise("my-prom", completion, at: here)
                #expect(try attempt.value(id) == result)
                try attempt.finish()
                var command = CompletePromiseCommand()
                command.key = "my-prom"
                command.completion = completion
                command.completionID = 1
                try attempt.expect(command, output(""), EndMessage())
            }
        }
    }

    @Test func `a promise that nobody completed suspends`() throws {
        var attempt = Attempt(known: [input(), getCommand()], closed: true)
        try attempt.begin()
        attempt.expectSuspension(
            on: leaf(try attempt.machine.getPromise("my-prom", at: here)))
        try attempt.expect(suspension(on: 1))
    }
}
