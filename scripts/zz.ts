import { estimatePolicyBytes } from '../lambda/estimate-policy-bytes.ts';
import { openRoutes } from '../lambda/authorizer/grant-access.ts';
import { findInseparable } from '../lambda/find-inseparable.ts';
const RES = ['orders','customers','invoices','products','payments','shipments','returns','coupons','suppliers','reports','users','teams','plans','events','files','notes','labels','tasks','boards','hooks'];
const ten = (p: string) => [`GET /${p}`,`POST /${p}`,`GET /${p}/{id}`,`PUT /${p}/{id}`,`PATCH /${p}/{id}`,`DELETE /${p}/{id}`,`GET /${p}/{id}/items`,`POST /${p}/{id}/items`,`GET /${p}/{id}/items/{item}`,`DELETE /${p}/{id}/items/{item}`];
const rw = (v: string) => v === 'GET' ? 'read' : 'write';
const shapes: Record<string, {rules: any[]}> = {
  'rw global': {rules: RES.flatMap(r => ten(r).map(route => ({route, scopes:[rw(route.split(' ')[0]!)]})))},
  '20x10 rw each': {rules: RES.flatMap(r => ten(r).map(route => ({route, scopes:[r+':'+rw(route.split(' ')[0]!)]})))},
  '20x10 scope each': {rules: RES.flatMap(r => ten(r).map(route => ({route, scopes:[r]})))},
  '15x10 rw each': {rules: RES.slice(0,15).flatMap(r => ten(r).map(route => ({route, scopes:[r+':'+rw(route.split(' ')[0]!)]})))},
  '12 ANY proxy': {rules: RES.slice(0,12).map(r => ({route: `ANY /${r}/{proxy+}`, scopes:[r]}))},
  '20 ANY proxy': {rules: RES.map(r => ({route: `ANY /${r}/{proxy+}`, scopes:[r]}))},
  '200 scopes': {rules: RES.flatMap(r => ten(r).map((route,i) => ({route, scopes:[r+i]})))},
  '200 ANY': {rules: RES.flatMap(r => ten(r).map((route) => ({route: 'ANY /'+route.replace(/[^a-z{}\/]/g,'').replace('/','') , scopes:[r]}))).filter((x,i,a)=>a.findIndex(y=>y.route===x.route)===i)},
};
for (const [name, table] of Object.entries(shapes)) {
  let s = performance.now(); const b59 = estimatePolicyBytes(table, 'rest', 59); const t1 = performance.now()-s;
  s = performance.now(); const ins = findInseparable(table,'rest').length; const t2 = performance.now()-s;
  s = performance.now(); const g = openRoutes(table); const c = (scope: string) => ({subject:'a', all:{sub:'a',scope}, issuer:{graceSeconds:0}}); const all = table.rules.map(r=>r.scopes[0]).join(' ');
  const first = g(c(all),'rest',{method:'GET',path:'orders'},1); const t3 = performance.now()-s;
  s = performance.now(); for (let i=0;i<1000;i++) g(c(all),'rest',{method:'GET',path:'orders'},1); const t4 = (performance.now()-s);
  console.log(name, table.rules.length, 'bound', b59, estimatePolicyBytes(table,'rest',72), estimatePolicyBytes(table,'rest',96), 'http', estimatePolicyBytes(table,'http',59), 'ms est', t1.toFixed(0), 'insep', ins, t2.toFixed(0), 'cold', t3.toFixed(0), 'warm us', t4.toFixed(0), 'all:', first.grants.allow.length, first.grants.deny.length);
}
