// `node server.mjs DSN ORGANISATION PERSON PORT loaded|carried`: Mercurius over the bench's tables, as its
// documentation has it: its pubsub, its loaders, its JIT. It checks no token and no access, which is in its favour.
// loaded: an event carries the idea's row, author and theme come by loaders (which Mercurius never lets remember
// anything in a subscription). carried: the mutation reads author and theme once and publishes them with the idea.

import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'
import mercurius from 'mercurius'
import pg from 'pg'

const [dsn, organisation, person, port, way] = process.argv.slice(2)
const carried = way === 'carried'
const TOPIC = 'IDEA_SUBMITTED'

const schema = `
  type Person { name: String! }
  type Theme { title: String! }
  type Idea { title: String! problem: String! status: String! author: Person theme: Theme }
  interface FeedItem { cursor: String! }
  type IdeaSubmitted implements FeedItem { cursor: String! idea: Idea! }
  type UserError { message: String! }
  input SubmitIdeaInput { problem: String! title: String! themeId: ID! }
  type SubmitIdeaPayload { idea: Idea userErrors: [UserError!]! }
  type Query { idea(id: ID!): Idea }
  type Mutation { submitIdea(input: SubmitIdeaInput!): SubmitIdeaPayload! }
  type Subscription { feed: FeedItem! }
`

const pool = new pg.Pool({ connectionString: dsn, max: 8, idleTimeoutMillis: 0 })

// Named, so that PostgreSQL keeps each prepared.
const NUMBER = 'update idea_number set last = last + 1 where organisation_id = $1 returning last'
const COUNT = 'update theme set idea_count = idea_count + 1 where id = $1'
const SUBMIT = `
  insert into idea (organisation_id, id, number, title, problem, status, values, author_id, anonymous, theme_id,
                    author_unit_id, shown_unit_id, submitted_at, updated_at, active_at)
  select $1, $2, $3, $4, $5, 'OPEN', '{}', id, false, $6, unit_id, unit_id, now(), now(), now()
  from person where id = $7 returning id, title, problem, status, author_id, theme_id, shown_unit_id`
const FOLLOW = 'insert into follow (organisation_id, idea_id, person_id) values ($1, $2, $3)'
const APPEND = `
  with head as (update feed_head set position = position + 1 where organisation_id = $1 returning position)
  insert into event (organisation_id, position, at, type, version, public, unfiltered, actor_id, actor_shown, idea_id,
                     themes, units, facts)
  select $1, position, clock_timestamp(), 'IDEA_SUBMITTED', 1, true, false, $2, true, $3, array[$4::uuid],
         array[$5::uuid], '{}' from head returning position`

const run = async (client, name, text, ...values) => (await client.query({ name, text, values })).rows

async function submit ({ problem, title, themeId }) {
  const theme = themeId.slice(6)
  const client = await pool.connect()
  try {
    await client.query('begin')
    const [{ last }] = await run(client, 'number', NUMBER, organisation)
    await run(client, 'count', COUNT, theme)
    const [idea] = await run(client, 'submit', SUBMIT, organisation, randomUUID(), last, title, problem, theme, person)
    await run(client, 'follow', FOLLOW, organisation, idea.id, person)
    const [{ position }] = await run(client, 'append', APPEND, organisation, person, idea.id, theme, idea.shown_unit_id)
    await client.query('commit')
    return { idea, position }
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

const NAMES = {
  person: 'select id, name from person where id = any($1)',
  theme: 'select id, title from theme where id = any($1)'
}

const byIds = async (table, ids) => {
  const rows = await run(pool, table, NAMES[table], ids)
  const found = new Map(rows.map(row => [row.id, row]))
  return ids.map(id => found.get(id) ?? null)
}

const resolvers = {
  Mutation: {
    submitIdea: async (_, { input }, { pubsub }) => {
      const { idea, position } = await submit(input)
      if (carried) {
        const [[author], [theme]] = await Promise.all([byIds('person', [idea.author_id]), byIds('theme', [idea.theme_id])])
        Object.assign(idea, { author, theme })
      }
      const feed = { __typename: 'IdeaSubmitted', cursor: `bench.${organisation.replaceAll('-', '')}.${position}`, idea }
      await pubsub.publish({ topic: TOPIC, payload: { feed } })
      return { idea, userErrors: [] }
    }
  },
  Subscription: { feed: { subscribe: (_, __, { pubsub }) => pubsub.subscribe(TOPIC) } }
}

const loaders = {
  Idea: {
    author: queries => byIds('person', queries.map(({ obj }) => obj.author_id)),
    theme: queries => byIds('theme', queries.map(({ obj }) => obj.theme_id))
  }
}

const app = Fastify()
await app.register(mercurius, { schema, resolvers, loaders: carried ? {} : loaders, jit: 1, subscription: true })
process.on('SIGTERM', () => process.exit(0)) // what it counts has been read; thousands of sockets need no goodbye
await app.listen({ host: '127.0.0.1', port: Number(port) })
