public import Restate

/// Questions that wait for their answers, which may come before them.
public struct QuestionsAndAnswers: Service {
    public static let name = "qna"

    public struct Answer: Codable, Sendable {
        public var questionId: String
        public var answer: String

        public init(questionId: String, answer: String) {
            self.questionId = questionId
            self.answer = answer
        }
    }

    public struct Answered: Codable, Equatable, Sendable {
        public var answer: String
    }

    public init() {}

    func ask(_ ctx: Context, question: String) async throws -> Answered {
        let promise = ContextPromise<String>(try named(question, "question id"), ctx)
        return Answered(answer: try await promise.get())
    }

    func answer(_ ctx: Context, answer: Answer) async throws {
        let promise = ContextPromise<String>(try named(answer.questionId, "questionId"), ctx)
        _ = try await promise.resolve(answer.answer)
    }

    public struct API: HandlerTable {
        public let ask = handler(QuestionsAndAnswers.ask)
        public let answer = handler(QuestionsAndAnswers.answer)

        public init() {}
    }
}
