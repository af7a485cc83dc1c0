public import Restate

/// Carries the posts of a user through several systems, one after the other. Its key is the user's id: events of one
/// user are handled in order, those of different users side by side.
public struct UserFeed: VirtualObject {
    public static let name = "userFeed"

    public struct Post: Codable, Sendable {
        public var content: String
        public var metadata: String

        public init(content: String, metadata: String) {
            self.content = content
            self.metadata = metadata
        }
    }

    let effects: any OutsideEffects

    public init(_ effects: any OutsideEffects) {
        self.effects = effects
    }

    func processPost(_ ctx: ObjectContext, post: Post) async throws {
        let (effects, user) = (effects, ctx.key)
        // Drawn outside of the step: a step that is repeated creates the same post.
        let id = ctx.newID()
        try await ctx.run("create post") {
            try await effects.perform(
                "posts", "create post", key: id,
                saying: "Created post \(id) for user \(user) with content: \(post.content)")
        }

        while try await ctx.run("post status", { try await effects.look("posts", key: id) })
            == "PENDING"
        {
            ctx.log.info(
                "Content moderation for post \(id) is still pending... "
                    + "Will check again in 5 seconds")
            try await ctx.sleep(.seconds(5))
        }
        ctx.log.info("Content moderation for post \(id) is done")

        try await ctx.run("update feed") {
            try await effects.perform(
                "feed", "update feed", key: id,
                saying: "Updating the user feed for user \(user) and post \(id)")
        }
    }

    public struct API: HandlerTable {
        public let processPost = exclusive(UserFeed.processPost)

        public init() {}
    }
}
