import Testing

/// The compiler is the guard of determinism: what would not be the same on every replay, and what a
/// handler has no right to, does not compile, and the message says why.
@Suite(
    .disabled(
        if: Compiler.isSanitized,
        "The modules of a sanitizer build are not what a client compiles against."))
struct CompileFailureTests {
    @Test(arguments: wrongTypes + wrongPlaces + wrongFutures)
    func `a program with wrong types does not compile`(_ program: Program) async throws {
        try await check(program, in: .types, severity: "error")
    }

    @Test(arguments: wrongRegions)
    func `a program that shares its context does not compile`(_ program: Program) async throws {
        try await check(program, in: .regions, severity: "error")
    }

    @Test(arguments: rightPrograms)
    func `a right program compiles`(_ program: Program) async throws {
        try await check(program, in: .right, severity: "warning")
    }

    @Test func `wrong programs fail, right ones do not, and the prelude is never the reason`()
        async throws
    {
        #expect(Compiler.Batch.types.programs.count + wrongRegions.count >= 60)
        #expect(try await !Compiler.shared.outcome(of: .types).succeeded)
        #expect(try await !Compiler.shared.outcome(of: .regions).succeeded)
        let right = try await Compiler.shared.outcome(of: .right)
        #expect(right.succeeded, "\(right.output)")
        for batch in [Compiler.Batch.types, .regions, .right] {
            let outcome = try await Compiler.shared.outcome(of: batch)
            let known = Set(batch.programs.map(\.fileName))
            let strangers = outcome.diagnostics.filter { !known.contains($0.file) }
            #expect(strangers == [], "\(outcome.output)")
        }
    }

    /// The program's own line is complained about as expected, and no other line is.
    private func check(
        _ program: Program, in batch: Compiler.Batch, severity: String
    ) async throws {
        let outcome = try await Compiler.shared.outcome(of: batch)
        let said = outcome.diagnostics.filter { $0.file == program.fileName }
        guard let diagnostic = program.diagnostic else {
            #expect(said == [])
            return
        }
        let line = try #require(program.wrongLine)
        let found = said.contains {
            $0.severity == severity && $0.line == line && $0.text.contains(diagnostic)
        }
        #expect(found, "\(said)\n\(said.isEmpty ? outcome.output : "")")
        #expect(said.allSatisfy { $0.line == line })
    }
}
